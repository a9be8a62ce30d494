/// A research driver: a loss and an optimizer of one's own, and the search that uses them.
#include <CLI/CLI.hpp>
#include <iostream>
#include <manyworlds/manyworlds.hpp>
namespace mw = manyworlds;

// clang-format off
struct Shortfall {  // mean square of the dB that are missing to a target
  static constexpr const char* name = "shortfall";
  struct Params { double target_dbm = -50; } prm;
  template <class T> MW_HD T term(T rss_dbm) const { return mw::square(mw::max(T(0), T(prm.target_dbm) - rss_dbm)); }
  template <class T> MW_HD T term_gradient(T rss_dbm) const { return T(-2) * mw::max(T(0), T(prm.target_dbm) - rss_dbm); }
};
static_assert(mw::Loss<Shortfall>);

struct HeavyBall {  // gradient descent with inertia
  static constexpr const char* name = "heavy_ball";
  struct Params { double mu = 0.8; } prm;
  template <class T> struct State { T velocity{}; };
  template <class T> MW_HD T step(T x, T gradient, T rate, State<T>& s, int) const {
    s.velocity = T(prm.mu) * s.velocity - rate * gradient;
    return x + s.velocity;
  }
};
static_assert(mw::Optimizer<HeavyBall>);
// clang-format on

// [driver]
using Engine = mw::MultiStart<Shortfall,                    // what "good" means
                              HeavyBall,                    // how one world moves
                              mw::pruning::BottomFraction,  // which worlds live
                              mw::social::None>;            // what worlds tell each other

int main(int argc, char** argv) try {
  std::string file = "examples/scenes/two_rooms/two_rooms.xml";
  Engine::Params prm;  // one tree: prm.loss, prm.optimizer, prm.pruning, ...
  prm.worlds = 8;
  prm.optimizer.rates = {0.1, 0.03};  // spread over the worlds
  prm.optimizer.clip_norm = 1;
  CLI::App app{"Find the place of a reflector that leaves the least shortfall of power", "own_policies"};
  app.add_option("--scene", file, "Mitsuba XML scene file")->capture_default_str();
  app.add_option("--worlds", prm.worlds, "independent starts")->capture_default_str();
  app.add_option("--target", prm.loss.target_dbm, "power that every receiver should have, dBm")->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  }

  mw::Scene scene = mw::io::load(file, {.frequency_hz = 3.5e9});
  scene.add(mw::Transmitter{.name = "ap1", .position = {2, 4.4, 1.5}, .power_dbm = 20});
  scene.receivers = mw::receiver_grid({.lo = {5.2, 0.2}, .hi = {7.8, 4.8}, .height = 1.2, .spacing = 0.5});

  const mw::placement::OnWall mount{.object = "Reflector", .wall = "wall_south"};
  const mw::Problem problem{scene, {{mount}}, {.paths = {.max_depth = 2, .transmission = false}}};
  const mw::Result best = mw::run(Engine{problem, prm}, mw::executor::Batch{}, mw::callback::Progress{});
  std::cout << "world " << best.winner << ": shortfall " << best.value << " dB^2, mean " << best.rss_before.mean_dbm
            << " -> " << best.rss.mean_dbm << " dBm\n";
  for (std::size_t i = 0; i < best.x.size(); ++i) std::cout << best.variables[i].name << " = " << best.x[i] << '\n';
} catch (const std::exception& e) {  // bad options and bad input alike
  std::cerr << e.what() << '\n';
  return 2;
}
// [/driver]
