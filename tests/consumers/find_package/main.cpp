#include <manyworlds/manyworlds.hpp>

#ifndef MANYWORLDS_WITH_IO
#error "component io must announce itself"
#endif

int main() {
  manyworlds::Scene scene;
  scene.add({.name = "ap", .position = {1, 2, 3}});
  return scene.transmitters.size() == 1 ? 0 : 1;
}
