#pragma once
#include "manyworlds/kernels/worlds/descent.hpp"
#include "manyworlds/kernels/worlds/free_panel.hpp"
#include "manyworlds/paths/batch/gains.hpp"
#include "manyworlds/paths/batch/losses.hpp"

namespace manyworlds::paths::batch {

/// What a descent is told besides its policies.
template <class Design>
struct DescentOptions : Reception {
  std::vector<Design> designs;  ///< by mover
  std::vector<double> rates;    ///< by world, m
  std::vector<double> factors;  ///< of the rates, by step: as many as there will be steps
  double clip_norm = 0;         ///< longest gradient per metre; 0 = any
  Visibility visibility{.kind = VisibilityKind::hard};
};

/// Many worlds downhill, each by itself: loss L (separable) and optimizer O (one coordinate at a time) are any plain
/// structs, Design says what moves (kernels::FreePanel). An iteration never leaves the backend.
template <class Backend, class L, class O, class Design = kernels::FreePanel, class T = double, class V = T,
          class Finder = PathFinder<Backend>>
class Descent {
 public:
  Descent(Backend& backend, const Arrays& arrays, const L& loss, const O& rule, const DescentOptions<Design>& options,
          std::span<const double> x, const Room& room)
      : backend_(&backend),
        loss_(loss),
        rule_(rule),
        worlds_(std::uint32_t(options.rates.size())),
        movers_(arrays.movers),
        steps_wanted_(std::uint32_t(options.factors.size())),
        gains_(backend, arrays, worlds_, room, options.visibility),
        losses_(backend, arrays, worlds_, options, gains_.link_gains(), gains_.gain_bar()),
        designs_(Buffer<Design>::of(backend, options.designs)),
        rates_(Numbers::of(backend, options.rates)),
        factors_(Numbers::of(backend, options.factors)),
        x_(Numbers::of(backend, x)),
        best_x_(backend, x.size()),
        best_value_(backend, worlds_),
        history_(backend, std::size_t(worlds_) * steps_wanted_),
        states_(backend, x.size()),
        steps_(backend, worlds_) {
    const auto fits = [](std::size_t have, std::size_t wanted, const char* what) {
      expect(have == wanted, "descent", std::to_string(wanted) + " " + what + ", not " + std::to_string(have));
    };
    fits(options.designs.size(), movers_, "designs");
    fits(x.size(), std::size_t(worlds_) * movers_ * Design::variables, "variables");
    descent_.x = x_.data();
    descent_.states = states_.data();
    descent_.steps = steps_.data();
    descent_.rates = rates_.data();
    descent_.factors = factors_.data();
    descent_.clip_norm = options.clip_norm;
    descent_.best_x = best_x_.data();
    descent_.best_value = best_value_.data();
    descent_.history = history_.data();
  }
  Descent(Descent&&) = delete;  // views point into it

  std::uint32_t worlds() const { return worlds_; }
  std::uint32_t steps() const { return done_; }

  /// So many iterations more, at most as many in all as there are factors. The host only asks now and then whether
  /// there was room; iterations without room did nothing and run again.
  void run(std::uint32_t iterations) {
    const std::uint32_t target = std::min(done_ + iterations, steps_wanted_);
    while (done_ < target) {
      for (std::uint32_t i = done_; i < std::min(target, done_ + unattended); ++i)
        backend_->run(iteration_, "iteration", [&] { launch(); });
      if (!gains_.make_room_if_needed()) iteration_.reset();
      std::uint32_t first_world = 0;
      steps_.read(std::span(&first_world, 1));
      done_ = first_world;
    }
  }

  /// From the next iteration on: see Gains.
  void set_visibility(const Visibility& visibility) {
    gains_.set_visibility(visibility);
    iteration_.reset();
  }

  /// Losses [step][world] of the iterations so far.
  std::vector<double> history() const { return read(history_, std::size_t(done_) * worlds_); }
  std::vector<double> x() const { return read(x_, x_.size()); }  ///< [world][mover][variable]
  std::vector<double> best_x() const { return read(best_x_, best_x_.size()); }
  std::vector<double> best_values() const { return read(best_value_, worlds_); }

 private:
  template <class Any>
  using Buffer = backend::Buffer<Backend, Any>;
  using Numbers = Buffer<double>;
  static constexpr std::uint32_t unattended = 16;  ///< iterations

  void launch() {
    Backend& run = *backend_;
    run.for_each("place designs", worlds_ * movers_,
                 kernels::PlaceDesigns<Design>{designs_.data(), movers_, x_.data(), gains_.poses()});
    gains_.launch_gains();
    losses_.launch_values(loss_, worlds_);
    losses_.launch_adjoint(loss_, worlds_);
    gains_.launch_pullback();
    run.for_each("steps", worlds_,
                 kernels::StepDownhill<Design, O>{rule_, designs_.data(), worlds_, movers_, losses_.values(),
                                                  gains_.gradient(), gains_.finder().overflow(), descent_});
  }
  static std::vector<double> read(const Numbers& numbers, std::size_t count) {
    std::vector<double> all(count);
    numbers.read(all);
    return all;
  }

  Backend* backend_;
  L loss_;
  O rule_;
  std::uint32_t worlds_, movers_, steps_wanted_, done_ = 0;
  Gains<Backend, T, V, Finder> gains_;
  Losses<Backend> losses_;
  Buffer<Design> designs_;
  Numbers rates_, factors_, x_, best_x_, best_value_, history_;
  Buffer<typename O::template State<double>> states_;
  Buffer<std::uint32_t> steps_;
  kernels::DescentView<O> descent_{};
  typename Backend::Program iteration_;
};

}  // namespace manyworlds::paths::batch
