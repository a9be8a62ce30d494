#pragma once
#include <CLI/CLI.hpp>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "manyworlds/core/error.hpp"
#include "manyworlds/core/text.hpp"
#include "manyworlds/kernels/path_view.hpp"
#include "manyworlds/math/vec3.hpp"
#include "manyworlds/scene/antenna.hpp"
#include "manyworlds/scene/visibility.hpp"

/// What the drivers share: reading numbers and names from the command line, and leaving with exit code 2 when they are
/// wrong.
namespace examples {

namespace mw = manyworlds;

/// "1,2.5,-3" with exactly `count` finite numbers.
inline std::vector<double> parse_numbers(const std::string& option, const std::string& text, std::size_t count) {
  std::vector<double> numbers;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (numbers.size() <= count) {
    double x = 0;
    const auto [next, error] = std::from_chars(at, end, x);
    if (error != std::errc() || !std::isfinite(x)) break;
    numbers.push_back(x);
    at = next;
    if (at == end || *at != ',') break;
    ++at;
  }
  if (at != end || numbers.size() != count)
    throw mw::InputError(option,
                         "expected " + std::to_string(count) + " numbers separated by commas, found '" + text + "'");
  return numbers;
}

inline mw::Vec3d parse_point(const std::string& option, const std::string& text) {
  const std::vector<double> p = parse_numbers(option, text, 3);
  return {p[0], p[1], p[2]};
}

/// "NAME=1,2,3,..." into the name and its numbers.
inline std::pair<std::string, std::vector<double>> parse_named(const std::string& option, const std::string& text,
                                                               std::size_t count) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    throw mw::InputError(option, "expected NAME=numbers, found '" + text + "'");
  return {text.substr(0, equals), parse_numbers(option, text.substr(equals + 1), count)};
}

/// Value of a name in a list of (name, value), or an error that lists the names.
template <class Value>
Value choose(const std::string& option, const std::string& name,
             const std::vector<std::pair<std::string, Value>>& choices) {
  std::vector<std::string> names;
  for (const auto& [known, value] : choices) {
    if (known == name) return value;
    names.push_back(known);
  }
  throw mw::unknown_name(option, "value", name, names);
}

/// Value of an enum that has `choices`, by its name there.
template <class Enum>
Enum choose(const std::string& option, const std::string& name) {
  std::vector<std::pair<std::string, Enum>> named;
  for (const char* const known : choices(Enum{})) named.emplace_back(known, Enum(named.size()));
  return choose<Enum>(option, name, named);
}

inline mw::Pattern parse_pattern(const std::string& option, const std::string& name) {
  return choose<mw::Pattern>(option, name,
                             {{"iso", mw::Pattern::iso},
                              {"dipole", mw::Pattern::dipole},
                              {"hw_dipole", mw::Pattern::hw_dipole},
                              {"tr38901", mw::Pattern::tr38901}});
}
inline std::vector<double> parse_polarization(const std::string& option, const std::string& name) {
  return choose<std::vector<double>>(
      option, name, {{"V", {0}}, {"H", {mw::pi / 2}}, {"VH", {0, mw::pi / 2}}, {"cross", {-mw::pi / 4, mw::pi / 4}}});
}

/// Throws unless lo <= value <= hi; a value that is not a number is neither.
inline void check_between(const std::string& option, double value, double lo, double hi, const std::string& unit) {
  if (!(value >= lo && value <= hi))
    throw mw::InputError(
        option, "expected " + mw::to_text(lo) + " to " + mw::to_text(hi) + unit + ", found " + mw::to_text(value));
}
inline void check_positive(const std::string& option, double value, const std::string& unit) {
  if (!(value > 0) || !std::isfinite(value))
    throw mw::InputError(option, "expected a number > 0" + unit + ", found " + mw::to_text(value));
}
inline void check_finite(const std::string& option, double value) {
  if (!std::isfinite(value)) throw mw::InputError(option, "expected a finite number, found " + mw::to_text(value));
}

/// Throws unless files can be made in the folder, so that a run does not fail at its end.
inline void check_writable(const std::string& option, const std::filesystem::path& folder) {
  const std::filesystem::path probe = folder / ".probe";
  if (!std::ofstream(probe))
    throw mw::InputError(option,
                         "expected a folder to write into, cannot write into " + mw::in_quotes(folder.string()));
  std::filesystem::remove(probe);
}

/// Throws unless the file can be written: its folder is there, and it is none itself.
inline void check_output_file(const std::string& option, const std::string& file) {
  const std::filesystem::path folder = std::filesystem::absolute(file).parent_path();
  std::error_code failure;
  if (std::filesystem::is_directory(file, failure) || !std::filesystem::is_directory(folder, failure))
    throw mw::InputError(option, "expected a file in a folder that exists, found " + mw::in_quotes(file));
  check_writable(option, folder);
}

/// A folder to write into, made when there is none. What was made goes again when nothing was written, so that a run
/// that fails leaves nothing behind. Throws InputError when it cannot be made or written into.
class OutputFolder {
 public:
  OutputFolder(const std::string& option, const std::filesystem::path& folder) {
    std::error_code failure;
    for (std::filesystem::path at = folder; !at.empty() && !std::filesystem::exists(at, failure); at = at.parent_path())
      made_.push_back(at);
    std::filesystem::create_directories(folder, failure);
    if (!failure && std::filesystem::is_directory(folder, failure)) {
      check_writable(option, folder);
      return;
    }
    remove_empty();
    throw mw::InputError(option, "expected a folder or a place for one, cannot make " + mw::in_quotes(folder.string()) +
                                     (failure ? ": " + failure.message() : ""));
  }
  OutputFolder(const OutputFolder&) = delete;
  ~OutputFolder() { remove_empty(); }

 private:
  void remove_empty() const {
    std::error_code not_empty;
    for (const std::filesystem::path& folder : made_) std::filesystem::remove(folder, not_empty);
  }
  std::vector<std::filesystem::path> made_;  ///< innermost first
};

/// An option that may be given several times, one value each time.
inline CLI::Option* add_repeated(CLI::App& app, const std::string& name, std::vector<std::string>& values,
                                 const std::string& help) {
  return app.add_option(name, values, help)->allow_extra_args(false)->take_all();
}

/// Visibility options, the same in every driver.
struct VisibilityOptions {
  std::string kind;
  mw::Visibility visibility;

  VisibilityOptions(CLI::App& app, std::string default_kind, int default_tiles) : kind(std::move(default_kind)) {
    visibility.tiles = default_tiles;
    const auto option = [&](const char* name, auto& value, const char* type, const char* help) {
      app.add_option(name, value, help)->capture_default_str()->type_name(type)->group("Edges of movers");
    };
    option("--visibility", kind, "NAME", "edges of movers: hard, fresnel, atan or logistic");
    option("--tiles", visibility.tiles, "K", "cut each mover face into K x K tiles, 1 to 8");
    option("--smoothing-wavelengths", visibility.smoothing_wavelengths, "X",
           "fresnel and atan: smoothing wavelength over the wavelength");
    option("--smoothing-alpha", visibility.alpha, "X", "logistic: slope in 1/m");
  }
  mw::Visibility checked() const {
    mw::Visibility v = visibility;
    v.kind = choose<mw::VisibilityKind>("--visibility", kind);
    if (v.tiles < 1 || v.tiles > mw::kernels::max_tiles)
      throw mw::InputError("--tiles", "expected 1 to 8, found " + std::to_string(v.tiles));
    check_positive("--smoothing-wavelengths", v.smoothing_wavelengths, "");
    check_positive("--smoothing-alpha", v.alpha, " per metre");
    return v;
  }
};

/// For a name that no option has, with the names of the nearest options.
inline mw::InputError unknown_option(const CLI::App& app, const std::string& where, const std::string& name) {
  std::vector<std::string> known;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& known_name : option->get_lnames()) known.push_back("--" + known_name);
  return mw::unknown_name(where, "option", name, known);
}

inline bool is_number(const std::string& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

/// Options whose default is a number take no empty value, which would be read as 0.
inline void refuse_empty_numbers(CLI::App& app) {
  for (CLI::Option* option : app.get_options()) {
    if (is_number(option->get_default_str()))
      option->check([](const std::string& given) { return given.empty() ? "expected a number, found ''" : ""; });
  }
}

/// Runs a driver's body; bad input and bad options end in one line on stderr and exit code 2.
template <class Body>
int run_driver(CLI::App& app, int argc, char** argv, Body&& body) {
  app.get_formatter()->label("REQUIRED", "(required)");
  app.get_formatter()->label("Excludes", "not with");
  app.get_formatter()->column_width(36);
  refuse_empty_numbers(app);
  try {
    app.parse(argc, argv);
    body();
    return 0;
  } catch (const CLI::CallForHelp& e) {
    return app.exit(e);
  } catch (const CLI::ExtrasError&) {
    std::cerr << app.get_name() << ": " << unknown_option(app, "command line", app.remaining().at(0)).what() << '\n';
  } catch (const CLI::FileError& e) {
    std::cerr << app.get_name() << ": --config: " << e.what() << '\n';
  } catch (const CLI::ParseError& e) {
    std::cerr << app.get_name() << ": " << e.what() << " (--help lists the options)\n";
  } catch (const mw::InputError& e) {
    std::cerr << app.get_name() << ": " << e.what() << '\n';
  } catch (const std::exception& e) {
    std::cerr << app.get_name() << ": " << e.what() << '\n';
    return 1;
  }
  return 2;
}

}  // namespace examples
