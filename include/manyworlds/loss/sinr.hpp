#pragma once
#include "manyworlds/core/units.hpp"
#include "manyworlds/loss/loss.hpp"

namespace manyworlds::loss {

/// Minus the mean SINR in dB over a smooth floor, each receiver served by its strongest transmitter k:
/// SINR = P_k / (N0 + sum of the other P_j), as Sionna RT's radio maps. Receivers below the floor hardly count, so
/// dead ones do no harm; all dead: no gradient. Interference is seen: power of other transmitters is pushed down.
struct Sinr {
  static constexpr const char* name = "sinr";
  static constexpr bool per_transmitter = true;
  struct Params {
    double floor_db = -20;
    template <class V>
    void fields(V&& v) {
      v("floor_db", floor_db, "SINR below which a receiver hardly counts, dB");
    }
  } prm;

  double value(const RssRows& rows) const {
    double sum = 0;
    for (std::size_t i = 0; i < rows.receivers; ++i) {
      const double over = at(rows, i).sinr_db - prm.floor_db;
      sum += rows.weights[i] * (prm.floor_db + to_db(1 + from_db(over)));
    }
    return -sum;
  }
  void gradient(const RssRows& rows, std::span<double> gradient) const {
    for (std::size_t i = 0; i < rows.receivers; ++i) {
      const Receiver r = at(rows, i);
      const double pull = rows.weights[i] / (1 + from_db(prm.floor_db - r.sinr_db));
      for (std::size_t k = 0; k < rows.transmitters; ++k) {
        gradient[k * rows.receivers + i] = k == r.server ? -pull : pull * from_db(rows(k, i)) / r.disturbance_mw;
      }
    }
  }

 private:
  struct Receiver {
    std::size_t server;
    double disturbance_mw, sinr_db;
  };
  static Receiver at(const RssRows& rows, std::size_t i) {
    std::size_t server = 0;
    for (std::size_t k = 1; k < rows.transmitters; ++k) {
      if (rows(k, i) > rows(server, i)) server = k;
    }
    double disturbance = from_db(rows.noise_dbm);
    for (std::size_t k = 0; k < rows.transmitters; ++k) {
      if (k != server) disturbance += from_db(rows(k, i));
    }
    return {server, disturbance, rows(server, i) - to_db(disturbance)};
  }
};
static_assert(RowLoss<Sinr>);

}  // namespace manyworlds::loss
