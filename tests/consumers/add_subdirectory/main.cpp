#include <manyworlds/manyworlds.hpp>

int main() {
  const manyworlds::Pose pose = manyworlds::make_pose({1, 2, 3}, {});
  return pose.point({}).y == 2 ? 0 : 1;
}
