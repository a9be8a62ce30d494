#pragma once
#include <nlohmann/json.hpp>

#include "manyworlds/core/units.hpp"
#include "manyworlds/paths/listing.hpp"
#include "manyworlds/paths/recall.hpp"

namespace manyworlds::io {

inline nlohmann::json to_json(Vec3d v) { return {v.x, v.y, v.z}; }

/// One row of the "paths" array, in the schema of the Sionna RT reference tables: `a` without the phase of the delay,
/// angles of departure from the transmitter, and of the direction from the receiver back along the path.
/// `port` is the receiver's; tx_ant and rx_ant are written when >= 0.
inline nlohmann::json path_json(const Scene& scene, const paths::PathRow& row, int port, std::uint32_t tx, int tx_ant,
                                int rx_ant) {
  nlohmann::json json{{"tx", tx}, {"rx", row.rx}};
  if (tx_ant >= 0) json["tx_ant"] = tx_ant;
  if (rx_ant >= 0) json["rx_ant"] = rx_ant;
  const Complexd a = port == 0 ? row.field.x : row.field.y;
  json["a_re"] = a.re;
  json["a_im"] = a.im;
  json["tau_s"] = row.length / speed_of_light;
  for (const char* list : {"objects", "prims", "types", "vertices"}) json[list] = nlohmann::json::array();
  for (const paths::PathRow::Interaction& i : row.interactions) {
    json["objects"].push_back(scene.objects[i.object].name);
    json["prims"].push_back(i.primitive == paths::no_face ? nlohmann::json(-1) : nlohmann::json(i.primitive));
    json["types"].push_back(std::string(1, i.type));
    json["vertices"].push_back(to_json(i.vertex));
  }
  const auto angles = [&](const char* theta, const char* phi, Vec3d k) {
    json[theta] = std::acos(clamp(k.z, -1.0, 1.0));
    json[phi] = std::atan2(k.y, k.x);
  };
  angles("theta_t", "phi_t", row.departure);
  angles("theta_r", "phi_r", -row.arrival);
  return json;
}

/// How the static paths of a world were found, and how many of those there are: "recall" is 1 for the tree of all beams
/// and null for rays, for then nobody knows. Instead "half_rays_recall" is the share of paths::half_rays_recall (null
/// when there are none).
inline nlohmann::ordered_json finder_json(const paths::StaticWorld& world) {
  if (world.finder != paths::Finder::shooting) return {{"finder", "beams"}, {"recall", 1}};
  const paths::Recall half = paths::half_rays_recall(world);
  nlohmann::ordered_json json{{"finder", "shooting"}, {"rays", world.options.rays}, {"recall", nullptr}};
  json["half_rays_recall"] = half.expected > 0 ? nlohmann::ordered_json(half.share()) : nullptr;
  return json;
}

}  // namespace manyworlds::io
