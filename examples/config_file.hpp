#pragma once
#include <map>
#include <sstream>

#include "options.hpp"

namespace examples {

/// Options from a file: `name = value` a line, without the dashes; [section] stands for what names have before a dot;
/// lists of texts for options that may be given several times, lists of numbers for numbers separated by commas. Throws
/// InputError with file and line for a name that no option has or that stands there twice.
class ConfigFile : public CLI::ConfigBase {
 public:
  explicit ConfigFile(const CLI::App& app) : app_(&app) { parentSeparatorChar = '/'; }  // dots belong to names

  std::vector<CLI::ConfigItem> from_config(std::istream& input) const override {
    const std::string text{std::istreambuf_iterator<char>(input), {}};
    const std::map<std::string, int> lines = lines_of_names(text);
    std::istringstream again(text);
    std::vector<CLI::ConfigItem> read;
    for (CLI::ConfigItem& item : ConfigBase::from_config(again)) {
      if (item.name == "++" || item.name == "--") continue;  // a section begins or ends
      const std::string name = item.fullname();
      const CLI::Option* const option = app_->get_option_no_throw("--" + name);
      if (!option) throw unknown_option(*app_, where(lines.at(name)), name);
      const bool one_value =
          option->get_items_expected_max() == 1 || std::all_of(item.inputs.begin(), item.inputs.end(), is_number);
      if (one_value && item.inputs.size() > 1) item.inputs = {CLI::detail::join(item.inputs, ",")};
      read.push_back({{}, name, std::move(item.inputs)});
    }
    return read;
  }

 private:
  std::string where(int line) const { return app_->get_config_ptr()->as<std::string>() + ":" + std::to_string(line); }
  std::map<std::string, int> lines_of_names(const std::string& text) const {
    using CLI::detail::trim_copy;
    std::map<std::string, int> lines;
    std::string line, section;
    bool in_list = false;
    std::istringstream input(text);
    for (int number = 1; std::getline(input, line); ++number) {
      line = trim_copy(line);
      const bool continued = in_list;
      if (in_list) in_list = line.empty() || line.back() != arrayEnd;  // comments within are none
      line = trim_copy(line.substr(0, line.find(commentChar)));
      if (continued || line.empty() || line.front() == ';') continue;
      if (line.front() == arrayStart && line.back() == arrayEnd) {
        section = line.substr(1, line.size() - 2) + ".";
        continue;
      }
      const std::size_t equals = line.find(valueDelimiter);
      std::string name = trim_copy(line.substr(0, equals));
      CLI::detail::remove_quotes(name);
      const std::string value = equals == std::string::npos ? "" : trim_copy(line.substr(equals + 1));
      in_list = value.size() > 1 && value.front() == arrayStart && value.back() != arrayEnd;
      const auto [first, is_new] = lines.emplace(section + name, number);
      if (!is_new)
        throw mw::InputError(where(number), mw::in_quotes(name) + " stands in line " + std::to_string(first->second) +
                                                " already; several values are a list: [\"a\", \"b\"]");
    }
    return lines;
  }

  const CLI::App* app_;
};

/// --config: any option from a file.
inline void add_config(CLI::App& app) {
  app.config_formatter(std::make_shared<ConfigFile>(app));
  app.set_config("--config", "",
                 "file with options: name = \"value\" a line, without the dashes; repeatable ones as [\"a\", \"b\"]")
      ->type_name("FILE")
      ->group("Run");
  app.allow_config_extras(CLI::config_extras_mode::error);
}

}  // namespace examples
