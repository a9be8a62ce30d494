#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <sstream>

#include "folder.hpp"
#include "manyworlds/core/random.hpp"
#include "manyworlds/io/csv.hpp"
#include "manyworlds/io/npy.hpp"

namespace manyworlds::io {
namespace {

using test::Folder;

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Csv, NumbersReadBackExactly) {
  const Folder folder("csv");
  Random random(5, 0, 0, Purpose::test);
  std::vector<double> values = {0, -0.0, 0.1, 1e300, 5e-324, -71.25, 1.0 / 3, std::numeric_limits<double>::infinity()};
  while (values.size() < 999) values.push_back(random.normal() * std::pow(10.0, double(random.below(40)) - 20));
  write_csv(folder.path / "a.csv", {"x", "y", "rss_dbm"}, values);
  std::istringstream lines(contents(folder.path / "a.csv"));
  std::string line, cell;
  std::getline(lines, line);
  EXPECT_EQ(line, "x,y,rss_dbm");
  std::size_t i = 0;
  while (std::getline(lines, line))
    for (std::istringstream cells(line); std::getline(cells, cell, ',');) {
      ASSERT_LT(i, values.size());
      const double back = std::strtod(cell.c_str(), nullptr);
      EXPECT_EQ(std::memcmp(&back, &values[i], sizeof back), 0) << cell;
      ++i;
    }
  EXPECT_EQ(i, values.size());
}

TEST(Csv, MixesNumbersTextsAndRanges) {
  CsvTable table({"world", "why", "loss", "u", "v"});
  table.row(7, "said \"stop\", then left", 0.5f, std::vector<double>{1, -2.5});
  table.row(std::size_t(8), std::string("plain"), std::nan(""), std::array<int, 2>{3, 4});
  EXPECT_EQ(table.text(), "world,why,loss,u,v\n7,\"said \"\"stop\"\", then left\",0.5,1,-2.5\n8,plain,nan,3,4\n");
}

TEST(Csv, RefusesRowsThatDoNotFitAndFoldersThatAreNotThere) {
  const Folder folder("csv_errors");
  CsvTable table({"a", "b"});
  EXPECT_THROW(table.row(1), InputError);
  EXPECT_THROW(write_csv(folder.path / "a.csv", {"a", "b"}, std::vector<double>{1, 2, 3}), InputError);
  EXPECT_FALSE(std::filesystem::exists(folder.path / "a.csv"));
  EXPECT_THROW(write_csv(folder.path / "no" / "a.csv", {"a"}, std::vector<double>{1}), InputError);
}

TEST(Npy, HeaderAndContentsFollowTheFormat) {
  const Folder folder("npy");
  const std::vector<double> values = {1, -2.5, 0.1, std::nan(""), 5e-324, 1e300};
  write_npy(folder.path / "a.npy", values, {1, 2, 3});
  const std::string bytes = contents(folder.path / "a.npy");
  ASSERT_GT(bytes.size(), 10u);
  EXPECT_EQ(bytes.substr(0, 8), std::string("\x93NUMPY\x01\x00", 8));
  const std::size_t length =
      std::size_t(static_cast<unsigned char>(bytes[8])) + 256u * static_cast<unsigned char>(bytes[9]);
  EXPECT_EQ((10 + length) % 64, 0u);
  const std::string header = bytes.substr(10, length);
  EXPECT_EQ(header.back(), '\n');
  EXPECT_EQ(header.substr(0, header.find('}') + 1), "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2, 3, ), }");
  ASSERT_EQ(bytes.size(), 10 + length + 8 * values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::uint64_t word = 0;
    for (std::size_t k = 0; k < 8; ++k)
      word |= std::uint64_t(static_cast<unsigned char>(bytes[10 + length + 8 * i + k])) << (8 * k);
    EXPECT_EQ(word, std::bit_cast<std::uint64_t>(values[i]));
  }
}

TEST(Npy, RefusesAShapeThatDoesNotHoldTheValues) {
  EXPECT_THROW(encode_npy(std::vector<double>(6), {2, 4}), InputError);
  EXPECT_THROW(write_npy("/dev/null/a.npy", std::vector<double>(1), {1}), InputError);
  EXPECT_NO_THROW(encode_npy(std::vector<double>(6), {6}));
}

TEST(AtomicFile, ReplacesWholeFilesAndLeavesNoRest) {
  const Folder folder("atomic");
  write_file_atomically(folder.path / "a", "a long first text");
  write_file_atomically(folder.path / "a", "short");
  EXPECT_EQ(contents(folder.path / "a"), "short");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path), {}), 1);
}

}  // namespace
}  // namespace manyworlds::io
