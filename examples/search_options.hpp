#pragma once
#include <deque>
#include <iomanip>
#include <sstream>

#include "any_policy.hpp"
#include "manyworlds/engine/multistart.hpp"
#include "manyworlds/engine/scene_problem.hpp"
#include "options.hpp"

namespace examples {

/// A search whose policies are chosen: parameters of engine and executor in one tree.
template <mw::Loss L, mw::Social S>
struct SearchOf {
  using Loss = L;
  using Engine = mw::MultiStart<L, Optimizers, Prunings, S>;
  typename Engine::Params prm{};
  Executors executor{};

  template <class V>
  void fields(V&& v) {
    prm.fields(v);
    v("executor", executor.prm, "");
  }
};

/// Losses on combined powers or per transmitter, exchange that tries first or not: the engine needs to know these two
/// when it is compiled.
using Search = std::variant<SearchOf<CombinedLoss, Untried>, SearchOf<CombinedLoss, Tried>,
                            SearchOf<LossPerTransmitter, Untried>, SearchOf<LossPerTransmitter, Tried>>;

/// Names of the chosen policies.
struct PolicyNames {
  std::string loss = "mean_db", optimizer = "adam", pruning = "none", social = "differential", executor = "batch";
};

/// One kind of policy: its option, where its name is kept, and the names there are.
struct PolicyKind {
  std::string option;
  std::string PolicyNames::*name;
  std::vector<std::string> names;
};
inline std::vector<PolicyKind> policy_kinds() {
  const auto joined = [](std::vector<std::string> names, const std::vector<std::string>& more) {
    names.insert(names.end(), more.begin(), more.end());
    return names;
  };
  return {{"loss", &PolicyNames::loss, joined(CombinedLoss::Params::names(), LossPerTransmitter::Params::names())},
          {"optimizer", &PolicyNames::optimizer, Optimizers::Params::names()},
          {"pruning", &PolicyNames::pruning, Prunings::Params::names()},
          {"social", &PolicyNames::social, joined(Untried::Params::names(), Tried::Params::names())},
          {"executor", &PolicyNames::executor, Executors::Params::names()}};
}

/// The search with these policies and default parameters. Throws InputError for an unknown name.
inline Search choose_search(const PolicyNames& names) {
  for (const PolicyKind& kind : policy_kinds())
    if (std::find(kind.names.begin(), kind.names.end(), names.*kind.name) == kind.names.end())
      throw mw::unknown_name("--" + kind.option, kind.option, names.*kind.name, kind.names);
  const bool combined = CombinedLoss::Params{}.choose(names.loss), untried = Untried::Params{}.choose(names.social);
  Search search;
  if (combined && !untried) search.emplace<1>();
  if (!combined && untried) search.emplace<2>();
  if (!combined && !untried) search.emplace<3>();
  std::visit(
      [&](auto& s) {
        s.prm.loss.choose(names.loss);
        s.prm.optimizer.choose(names.optimizer);
        s.prm.pruning.choose(names.pruning);
        s.prm.social.choose(names.social);
        s.executor.prm.choose(names.executor);
      },
      search);
  return search;
}

/// Options for the policies by name, and one for every leaf of their parameters under its dotted name. The leaves
/// that most users want also have a short name, the others are listed by parameters_help().
class SearchOptions {
 public:
  PolicyNames policies;

  explicit SearchOptions(CLI::App& app) {
    for (const PolicyKind& kind : policy_kinds())
      app.add_option("--" + kind.option, policies.*kind.name, joined(kind.names))
          ->capture_default_str()
          ->type_name("NAME")
          ->group("Search");
    collect();
    const std::vector<std::pair<std::string, std::string>> short_names{
        {"optimizer.rates", "--rates"},
        {"executor.threads", "--threads"},
        {"executor.processes", "--processes"},
        {"executor.fraction", "--fraction"},
        {"executor.device", "--device"},
        {"report.coverage_dbm", "--coverage-dbm"},
        {"visibility.kind", "--visibility"},
        {"visibility.tiles", "--tiles"},
        {"visibility.smoothing_wavelengths", "--smoothing-wavelengths"},
        {"visibility.alpha", "--smoothing-alpha"}};
    for (Leaf& leaf : leaves_) {
      const auto known = std::find_if(short_names.begin(), short_names.end(),
                                      [&](const auto& pair) { return pair.first == leaf.name; });
      const bool has_short_name = known != short_names.end(), top = leaf.section().empty();
      const std::string names = (has_short_name ? known->second + "," : "") + "--" + leaf.name;
      leaf.option = app.add_option(names, leaf.text, leaf.help)
                        ->default_str(leaf.value)
                        ->type_name(leaf.type)
                        ->group(leaf.section() == "visibility" ? "Edges of movers"
                                : has_short_name || top        ? "Search"
                                                               : "");
    }
  }
  SearchOptions(const SearchOptions&) = delete;

  /// The chosen policies with the given parameters. Throws InputError for unknown names and for values that cannot be.
  Search chosen() const {
    Search search = choose_search(policies);
    for (const Leaf& leaf : leaves_) {
      if (leaf.option->count() == 0) continue;
      std::visit([&](auto& s) { set(s, leaf); }, search);
    }
    return search;
  }

  /// Every parameter of every policy with its default, one a line.
  std::string parameters_help() const {
    std::ostringstream text;
    text << "Parameters of the search and their defaults: options, and names in a --config file.\n" << std::left;
    std::vector<std::string> sections;
    for (const Leaf& leaf : leaves_)
      if (std::find(sections.begin(), sections.end(), leaf.section()) == sections.end())
        sections.push_back(leaf.section());
    for (const std::string& section : sections) {
      text << '\n';
      for (const Leaf& leaf : leaves_) {
        if (leaf.section() != section) continue;
        text << "  --" << std::setw(34) << leaf.name << std::setw(11) << leaf.value << ' ' << leaf.help
             << (leaf.owners.empty() ? "" : " [" + joined(leaf.owners) + "]") << '\n';
      }
    }
    return text.str();
  }
  /// Every option that is set or has a default, and every parameter of the chosen policies, as a file for --config.
  std::string config(const CLI::App& app, const Search& search) const {
    std::ostringstream text;
    const auto quoted = [](const std::string& value) { return '"' + value + '"'; };
    for (const CLI::Option* option : app.get_options()) {
      const std::string name = option->get_lnames().empty() ? "" : option->get_lnames().front();
      const bool about = name == "help" || name == "config" || name == "print-config" || name == "help-parameters";
      const bool leaf = std::any_of(leaves_.begin(), leaves_.end(), [&](const Leaf& l) { return l.option == option; });
      if (about || leaf) continue;
      std::vector<std::string> values = option->results();
      if (values.empty() && !option->get_default_str().empty()) values = {option->get_default_str()};
      if (values.empty()) continue;
      text << name << " = ";
      for (std::size_t i = 0; i < values.size(); ++i)
        text << (i > 0 ? ", " : values.size() > 1 ? "[" : "") << quoted(values[i]);
      text << (values.size() > 1 ? "]\n" : "\n");
    }
    std::visit(
        [&](const auto& s) {
          for (const auto& [name, value] : mw::print_params(s))
            if (!value.empty()) text << name << " = " << quoted(value) << '\n';
        },
        search);
    return text.str();
  }

 private:
  struct Leaf {
    std::string name, help, value, type;
    std::string text{};                 ///< as given
    std::vector<std::string> owners{};  ///< policies that have it; empty = all of its kind
    CLI::Option* option = nullptr;

    /// First part of a dotted name; "" when it has no dot.
    std::string section() const {
      const std::size_t dot = name.find('.');
      return dot == std::string::npos ? "" : name.substr(0, dot);
    }
  };

  static std::string joined(const std::vector<std::string>& names) {
    std::string list;
    for (const std::string& name : names) list += (list.empty() ? "" : name == names.back() ? " or " : ", ") + name;
    return list;
  }

  void collect() {
    for (const PolicyKind& kind : policy_kinds())
      for (const std::string& name : kind.names) {
        PolicyNames policy;
        policy.*kind.name = name;
        Search search = choose_search(policy);
        std::visit([&](auto& s) { note(s, kind.option, name); }, search);
      }
    for (Leaf& leaf : leaves_)
      for (const PolicyKind& kind : policy_kinds())
        if (leaf.section() == kind.option && leaf.owners == kind.names) leaf.owners.clear();
  }
  template <class Tree>
  void note(Tree& tree, const std::string& kind, const std::string& owner) {
    mw::for_each_field(tree, [&]<class T>(const std::string& name, T& value, const char* help) {
      auto leaf = std::find_if(leaves_.begin(), leaves_.end(), [&](const Leaf& l) { return l.name == name; });
      if (leaf == leaves_.end()) {
        leaf =
            leaves_.insert(leaves_.end(), {name, help, mw::field_text(value), mw::is_vector<T>::value ? "N,..." : "N"});
        if constexpr (mw::NamedEnum<T>) {
          const auto names = choices(value);
          leaf->type = "NAME";
          leaf->help += ": " + joined({names.begin(), names.end()});
        }
      }
      if (leaf->section() == kind) leaf->owners.push_back(owner);
    });
  }
  template <class Tree>
  static void set(Tree& tree, const Leaf& leaf) {
    bool found = false;
    mw::for_each_field(tree, [&]<class T>(const std::string& name, T& value, const char*) {
      if (name != leaf.name) return;
      found = true;
      mw::parse_field(leaf.text, value, "--" + name);
      if constexpr (std::is_floating_point_v<T>) check_finite("--" + name, value);
      if constexpr (std::same_as<T, std::vector<double>>)
        for (const double number : value) check_finite("--" + name, number);
    });
    if (found) return;
    throw mw::InputError("--" + leaf.name, "expected --" + leaf.section() + " " + joined(leaf.owners));
  }

  std::deque<Leaf> leaves_;
};

}  // namespace examples
