/// The loss and the optimizer of own_policies on a CUDA device: an iteration of all worlds never leaves it.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <manyworlds/backend/serial.hpp>
#include <manyworlds/manyworlds.hpp>

#include "descend.hpp"

int main(int argc, char** argv) try {
  std::string file = "examples/scenes/two_rooms/two_rooms.xml";
  std::size_t worlds = 32;
  bool host = false;
  Shortfall loss;
  CLI::App app{"Find the place of a reflector that leaves the least shortfall of power, on a CUDA device",
               "own_policies_cuda"};
  app.add_option("--scene", file, "Mitsuba XML scene file")->capture_default_str();
  app.add_option("--worlds", worlds, "independent starts")->capture_default_str()->check(CLI::Range(1, 100000));
  app.add_option("--target", loss.prm.target_dbm, "power that every receiver should have, dBm")->capture_default_str();
  app.add_flag("--host", host, "the same on this machine's processor, which needs no device");
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  }

  mw::Scene scene = mw::io::load(file, {.frequency_hz = 3.5e9});
  scene.add(mw::Transmitter{.name = "ap1", .position = {2, 4.4, 1.5}, .power_dbm = 20});
  scene.receivers = mw::receiver_grid({.lo = {5.2, 0.2}, .hi = {7.8, 4.8}, .height = 1.2, .spacing = 0.5});
  const mw::placement::FreePose place{"Reflector", {0.5, 0.5, 0.8}, {4.5, 4.5, 2.2}};
  const mw::Problem problem{scene, {{place}}, {.paths = {.max_depth = 2, .transmission = false}}};

  // The same panel in the same box, as a struct that devices understand.
  const mw::Object& panel = scene.objects[problem.placement.movers()[0]];
  mw::kernels::FreePanel design;
  for (int i = 0; i < design.variables; ++i) {
    design.lower[i] = problem.variables()[std::size_t(i)].lower;
    design.upper[i] = problem.variables()[std::size_t(i)].upper;
  }
  design.local = mw::placement::make_panel(panel, mw::make_mover_shape(panel), 0).local;
  Options options;
  options.designs = {design};
  options.power_mw = {mw::from_db(problem.power_dbm[0])};
  options.weights = problem.normalised_weights();
  options.rates.assign(worlds, 0.03);
  options.factors.assign(60, 1.0);
  options.clip_norm = 1;
  std::vector<double> starts(worlds * design.variables);
  for (std::size_t w = 0; w < worlds; ++w) {
    mw::Random random(1, std::uint32_t(w), 0, mw::Purpose::start);
    problem.placement.start(random, mw::placement::StartKind::bisector,
                            std::span(starts).subspan(w * design.variables, design.variables));
  }

  const auto arrays = mw::paths::batch::make_arrays(problem.model->world());
  mw::backend::Serial serial;
  const Descended found =
      host ? descend_on(serial, arrays, loss, options, starts) : descend_on_device(arrays, loss, options, starts);
  const std::size_t best =
      std::size_t(std::min_element(found.values.begin(), found.values.end()) - found.values.begin());
  std::cout << "world " << best << ": shortfall " << found.values[best] << " dB^2\n";
  for (std::size_t i = 0; i < design.variables; ++i)
    std::cout << problem.variables()[i].name << " = " << found.x[best * design.variables + i] << '\n';
} catch (const mw::backend::NoDevice& e) {
  std::cerr << e.what() << "; nor does --host\n";
  return 3;
} catch (const std::exception& e) {
  std::cerr << e.what() << '\n';
  return 2;
}
