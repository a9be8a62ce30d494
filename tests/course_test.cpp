/// What diagrams of convergence draw of a world.
#include <gtest/gtest.h>

#include "manyworlds/io/result_picture.hpp"

namespace manyworlds::io {
namespace {

TEST(Course, IsTheBestPhysicalValueSoFarOnceThereIsOne) {
  const double none = std::nan("");
  WorldResult w;
  w.history.loss = {50, 40, 45, 60, 62, 58, none, 59};
  w.history.value = {66, none, none, 60, 62, 58, none, 59};
  w.value = 57;
  const Course course = course_of(w);
  const std::vector<double> now{50, 40, none, 60, 62, 58, none, 59}, best{50, 40, none, 60, 60, 58, none, 57};
  for (std::size_t row = 0; row < 8; ++row) {
    EXPECT_EQ(course.now[row] == now[row], row != 2 && row != 6) << row;
    EXPECT_EQ(course.best[row] == best[row], row != 2 && row != 6) << row << ": " << course.best[row];
  }
  w.history.loss = {7, 3, 5}, w.history.value = {none, none, none};
  EXPECT_EQ(course_of(w).best, (std::vector<double>{7, 3, 3})) << "smoother than the value: not ended at that";
}

}  // namespace
}  // namespace manyworlds::io
