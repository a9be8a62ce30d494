#include <manyworlds/math/rectangle.hpp>

int main() {
  const manyworlds::Rectangled panel{.half_u = 0.5, .half_v = 0.5};
  return panel.point(0.5, 0).x == 0.5 ? 0 : 1;
}
