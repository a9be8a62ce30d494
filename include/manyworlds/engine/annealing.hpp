#pragma once
#include <cmath>

#include "manyworlds/core/error.hpp"
#include "manyworlds/core/text.hpp"
#include "manyworlds/scene/visibility.hpp"

namespace manyworlds {

/// Edges of movers start `from` times smoother than the final visibility and get there geometrically over a share of
/// the iterations (docs/search.md). 4 suits plain starts at 1 x 1 m and 3.5 GHz; 1 is none, as selected starts want it.
struct Annealing {
  double from = 0;  ///< 0 = chosen by the engine: 4 for plain starts, else 1
  double share = 0.9;

  template <class V>
  void fields(V&& v) {
    v("from", from, "smoothing at the start over that at the end; 0 = 4 for plain starts, else 1 (none)");
    v("share", share, "share of the iterations after which the final visibility holds");
  }
  void check() const {
    if (!(from == 0 || from >= 1)) {
      throw InputError("annealing.from", "expected 0 or at least 1, found " + to_text(from));
    }
    if (!(share >= 0 && share <= 1)) {
      throw InputError("annealing.share", "expected a share from 0 to 1, found " + to_text(share));
    }
  }

  /// Visibility at this progress (0 to 1); exactly `final` once progress >= share.
  Visibility at(double progress, const Visibility& final) const {
    if (done(progress)) return final;
    const double factor = std::pow(from, 1 - progress / share);
    Visibility v = final;
    v.smoothing_wavelengths *= factor;
    v.alpha /= factor;
    return v;
  }
  bool done(double progress) const { return from <= 1 || progress >= share; }
};

}  // namespace manyworlds
