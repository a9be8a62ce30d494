#pragma once
#include "manyworlds/kernels/screened_field.hpp"
#include "manyworlds/paths/path_table.hpp"
#include "manyworlds/paths/wide_sums.hpp"

namespace manyworlds::paths {

/// What movers leave of the static paths that they only dim (kernels/screened_field.hpp), eight screens at a time.
class DimmedFields {
 public:
  /// Takes up the screens of a table, in blocks of eight.
  void begin(const PathTable& table) {
    const std::size_t blocks = (table.screens.size() + Wide::lanes - 1) / Wide::lanes;
    tapes_.resize(blocks);
    past_.resize(blocks * Wide::lanes);
  }
  std::size_t blocks() const { return tapes_.size(); }

  /// Weights of the screens in blocks [first, last), whose faces the view knows.
  void evaluate(const kernels::FieldView<double>& view, const PathTable& table, std::size_t first, std::size_t last) {
    const kernels::EdgeModel<Wide> model(view.visibility, view.wavelength);
    double re[Wide::lanes], im[Wide::lanes];
    for (std::size_t b = first; b < last; ++b) {
      const Block block(view, table, b);
      const Complex<Wide> weight = kernels::screen_weight(model, block.panel, block.piece, tapes_[b]);
      weight.re.store(re);
      weight.im.store(im);
      for (std::size_t i = 0; i < Wide::lanes; ++i) past_[b * Wide::lanes + i] = {1 - re[i], -im[i]};
    }
  }

  /// f of a dimmed path: the share of its field that is left.
  Complexd factor(const PathTable::Dimmed& path) const { return product(path, ~0u); }

  /// Adjoint of the factors: after begin_pull(), first what each is told, path by path,
  void begin_pull() { bars_.assign(past_.size(), {}); }
  void pull(const PathTable::Dimmed& path, Complexd factor_bar) {
    for (std::uint32_t i = path.first_screen; i < path.first_screen + path.screens; ++i)
      bars_[i] = -(conj(product(path, i)) * factor_bar);
  }
  /// then what blocks [first, last) pass on to the faces. What was not told counts as 0.
  void pull_faces(const kernels::FieldView<double>& view, const PathTable& table, std::size_t first, std::size_t last,
                  WideSums& sums) const {
    const kernels::EdgeModel<Wide> model(view.visibility, view.wavelength);
    double re[Wide::lanes], im[Wide::lanes];
    for (std::size_t b = first; b < last; ++b) {
      bool any = false;
      for (std::size_t i = 0; i < Wide::lanes; ++i) {
        const Complexd bar = bars_[b * Wide::lanes + i];
        re[i] = bar.re, im[i] = bar.im;
        any = any || bar.re != 0 || bar.im != 0;
      }
      if (!any) continue;
      const Block block(view, table, b);
      const auto g = kernels::screen_weight_adjoint(model, block.panel, block.piece, tapes_[b],
                                                    Complex<Wide>{Wide::load(re), Wide::load(im)});
      block.for_each_face([&](std::uint32_t face, Wide own) {
        sums.face(face, own * g.center, own * g.rotation, own * g.half_u, own * g.half_v);
      });
    }
  }

  std::size_t bytes() const {
    return tapes_.capacity() * sizeof(tapes_[0]) + (past_.capacity() + bars_.capacity()) * sizeof(Complexd);
  }

 private:
  /// Eight screens side by side; at the end of the table the last one again.
  struct Block {
    Rectangle<Wide> panel;
    kernels::ScreenedPiece<Wide> piece;
    std::uint32_t face[Wide::lanes];

    Block(const kernels::FieldView<double>& view, const PathTable& table, std::size_t number) {
      double x[7][Wide::lanes];
      bool one_face = true;
      for (std::size_t i = 0; i < Wide::lanes; ++i) {
        const PathTable::Screen& s = table.screens[std::min(number * Wide::lanes + i, table.screens.size() - 1)];
        for (int axis = 0; axis < 3; ++axis) x[axis][i] = s.piece.image[axis], x[3 + axis][i] = s.piece.direction[axis];
        x[6][i] = s.piece.length;
        face[i] = s.face;
        one_face = one_face && s.face == face[0];
      }
      piece = {{Wide::load(x[0]), Wide::load(x[1]), Wide::load(x[2])},
               {Wide::load(x[3]), Wide::load(x[4]), Wide::load(x[5])},
               Wide::load(x[6])};
      panel = view.face(face[0]).rectangle.as<Wide>();
      if (one_face) return;
      const auto gather = [&](auto&& of) {
        for (std::size_t i = 0; i < Wide::lanes; ++i) x[0][i] = of(view.face(face[i]).rectangle);
        return Wide::load(x[0]);
      };
      for (Vec3d Rectangled::*part : {&Rectangled::center, &Rectangled::u, &Rectangled::v, &Rectangled::normal})
        for (int axis = 0; axis < 3; ++axis)
          wide_part(part)[axis] = gather([&](const Rectangled& r) { return (r.*part)[axis]; });
      panel.half_u = gather([](const Rectangled& r) { return r.half_u; });
      panel.half_v = gather([](const Rectangled& r) { return r.half_v; });
    }
    /// f(face, which lanes are its own: 1 or 0) for the different faces.
    template <class F>
    void for_each_face(F&& f) const {
      for (std::size_t i = 0; i < Wide::lanes; ++i) {
        if (std::find(face, face + i, face[i]) != face + i) continue;
        double own[Wide::lanes];
        for (std::size_t k = 0; k < Wide::lanes; ++k) own[k] = face[k] == face[i];
        f(face[i], Wide::load(own));
      }
    }

   private:
    Vec3<Wide>& wide_part(Vec3d Rectangled::*part) {
      return part == &Rectangled::center ? panel.center
             : part == &Rectangled::u    ? panel.u
             : part == &Rectangled::v    ? panel.v
                                         : panel.normal;
    }
  };

  /// Of 1 - W of the path's screens, but for one.
  Complexd product(const PathTable::Dimmed& path, std::uint32_t but) const {
    Complexd p{1, 0};
    for (std::uint32_t i = path.first_screen; i < path.first_screen + path.screens; ++i)
      if (i != but) p *= past_[i];
    return p;
  }

  std::vector<kernels::ScreenTape<Wide>> tapes_;
  std::vector<Complexd> past_, bars_;  ///< by screen: 1 - W; cotangent of W
};

}  // namespace manyworlds::paths
