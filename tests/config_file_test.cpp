// Options from a file (examples/config_file.hpp).
#include "../examples/config_file.hpp"

#include <gtest/gtest.h>

#include "folder.hpp"

namespace {

struct Options {
  CLI::App app;
  double power = 20;
  int depth = 3;
  std::string area, rates = "0.1";
  std::vector<std::string> tx;
  bool quiet = false;
  manyworlds::test::Folder folder{"config"};

  Options() {
    app.add_option("--power", power)->capture_default_str();
    app.add_option("--max-depth", depth)->capture_default_str();
    app.add_option("--area", area);
    app.add_option("--rates,--optimizer.rates", rates)->capture_default_str();
    app.add_flag("--quiet", quiet);
    examples::add_repeated(app, "--tx", tx, "");
    examples::add_config(app);
    examples::refuse_empty_numbers(app);
  }
  void read(const std::string& text) {
    std::ofstream(folder.path / "own.toml") << text;
    app.parse("--config " + (folder.path / "own.toml").string());
  }
  /// What is said of the file, without its folder.
  std::string error(const std::string& text) {
    std::string said = "no error";
    try {
      read(text);
    } catch (const std::exception& e) {
      said = e.what();
    }
    const std::string path = folder.path.string() + "/";
    if (said.rfind(path, 0) == 0) said.erase(0, path.size());
    return said;
  }
};

TEST(ConfigFile, TakesNamesSectionsAndLists) {
  Options o;
  o.read(R"(# power = 1
power = 17.5  # dBm
area = [0, 0.5,
        4, 5]
tx = ["a=1,2,3", "4,5,6"]
quiet

[optimizer]
rates = [0.1, 0.01]
)");
  EXPECT_EQ(o.power, 17.5);
  EXPECT_EQ(o.depth, 3);
  EXPECT_EQ(o.area, "0,0.5,4,5");
  EXPECT_EQ(o.tx, (std::vector<std::string>{"a=1,2,3", "4,5,6"}));
  EXPECT_TRUE(o.quiet);
  EXPECT_EQ(o.rates, "0.1,0.01");
}

TEST(ConfigFile, TakesNumbersWithoutBrackets) {
  Options o;
  o.read("area = 0,0.5,4,5\ntx = [1, 2, 3]\noptimizer.rates = 0.2\nquiet = false\n");
  EXPECT_EQ(o.area, "0,0.5,4,5");
  EXPECT_EQ(o.tx, (std::vector<std::string>{"1,2,3"}));
  EXPECT_EQ(o.rates, "0.2");
  EXPECT_FALSE(o.quiet);
}

TEST(ConfigFile, NamesTheLineOfAMistake) {
  const std::string unknown = Options().error("power = 1\n\nmax-dept = 2\n");
  EXPECT_EQ(unknown.rfind("own.toml:3: unknown option 'max-dept'", 0), 0u) << unknown;
  EXPECT_NE(unknown.find("--max-depth"), std::string::npos) << unknown;
  EXPECT_EQ(Options().error("[optimiser]\nrates = 2\n").rfind("own.toml:2: unknown option 'optimiser.rates'", 0), 0u);
  EXPECT_EQ(Options().error("power = 1\narea = \"0,0,1,1\"\npower = \"tall\"\n"),
            "own.toml:3: 'power' stands in line 1 already; several values are a list: [\"a\", \"b\"]");
}

TEST(ConfigFile, RefusesEmptyNumbers) {
  for (const char* text : {"power = \"\"\n", "power =\n", "max-depth = ''\n"})
    EXPECT_NE(Options().error(text).find("expected a number, found ''"), std::string::npos) << text;
  Options o;
  o.read("area = \"\"\n");
  EXPECT_EQ(o.area, "");
  Options by_hand;
  EXPECT_THROW(by_hand.app.parse(std::vector<std::string>{"", "--power"}), CLI::ValidationError);
}

}  // namespace
