/// Panels that hang flush on one wall lie in one plane but for rounding, which must not decide anything.
#include <gtest/gtest.h>

#include "manyworlds/backend/serial.hpp"
#include "manyworlds/paths/batch/make_arrays.hpp"
#include "manyworlds/paths/batch/owned_gains.hpp"
#include "world_batch.hpp"

namespace {

using namespace manyworlds;
using namespace manyworlds::test;
using test::PathModel;

/// Two panels side by side, the second one moved off their plane by `shift` metres.
Configuration flush(const Scene& scene, double shift) {
  const Vec3d turn{0.3, 0.1, 0};
  const Pose frame = make_pose({2, 2.5, 1.3}, turn);
  const Rectangled face = make_mover_shape(scene.objects[scene.objects.size() - 2]).faces[0].rectangle;
  Configuration c = at_home(scene, 2);
  c.movers[0] = frame;
  c.movers[1] = make_pose(frame.point(1.05 * face.u) + shift * frame.direction(face.normal), turn);
  return c;
}

TEST(FlushPanels, RoundingDecidesNothing) {
  for (const Movers which : {Movers::two, Movers::metal}) {
    Scene scene = two_rooms();
    std::vector<std::uint32_t> movers = add_movers(scene, which, 1, which == Movers::two ? 2 : 1);
    if (movers.size() == 1) movers.push_back(add_movers(scene, which, 1, 1)[0]);  // two alike, of metal
    Random random(5, std::uint32_t(which), 0, Purpose::test);
    place_devices(scene, random, 2, 60, {.3, .3, .3}, {7.7, 4.7, 2.5});
    const PathModel model(scene, movers, {.max_depth = 3});
    const paths::batch::Arrays arrays = paths::batch::make_arrays(model.world());
    for (const Kind& kind : kinds) {
      const std::vector<double> expected = gains_of(model, flush(scene, 0), kind.visibility);
      const auto batch = kind.visibility.kind == VisibilityKind::hard
                             ? paths::batch::make_gains<double>(std::make_unique<backend::Serial>(), arrays, 1,
                                                                paths::batch::Room::of(1))
                             : paths::batch::make_soft_gains<double>(std::make_unique<backend::Serial>(), arrays, 1,
                                                                     paths::batch::Room::of(1), kind.visibility);
      for (int k = -10; k <= 10; ++k) {
        const Configuration c = flush(scene, k * 1e-15);
        EXPECT_LE(relative_difference(gains_of(model, c, kind.visibility), expected), 1e-9) << kind.name << k;
        std::vector<double> found(expected.size());
        batch->gains(c.movers, found);
        EXPECT_LE(relative_difference(found, expected), 1e-9) << kind.name << k;
      }
    }
  }
}

}  // namespace
