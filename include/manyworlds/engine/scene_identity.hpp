#pragma once
#include "manyworlds/core/archive.hpp"
#include "manyworlds/engine/identity.hpp"
#include "manyworlds/scene/scene.hpp"

namespace manyworlds {

/// What a scene is made of, a hash for each kind of thing, so that a difference can be named.
inline Identity scene_identity(const Scene& scene) {
  ArchiveWriter materials, objects, transmitters, receivers;
  for (const Material& m : scene.materials)
    materials(m.name, m.itu, m.eps_r, m.sigma, m.thickness, m.scattering, m.pec);
  for (const Object& o : scene.objects) objects(o.name, o.material, o.mesh.vertices, o.mesh.triangles);
  for (const Transmitter& t : scene.transmitters)
    transmitters(t.name, t.position, t.orientation, t.power_dbm, t.antenna.pattern, t.antenna.slants);
  const ReceiverSet& r = scene.receivers;
  receivers(r.positions, r.weights, r.orientations, r.antenna.has_value());
  if (r.antenna) receivers(r.antenna->pattern, r.antenna->slants);
  return {{"frequency_hz", field_text(scene.frequency_hz)},
          {"materials of the scene", hash_text(materials.take())},
          {"objects of the scene", hash_text(objects.take())},
          {"transmitters", hash_text(transmitters.take())},
          {"receivers", hash_text(receivers.take())}};
}

}  // namespace manyworlds
