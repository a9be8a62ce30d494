// Two translation units of one executable include everything: a definition that is not inline would not link.
#include <manyworlds/manyworlds.hpp>

#include <gtest/gtest.h>

const char* version_seen_by_second_unit();

TEST(LinkTwice, BothUnitsSeeOneVersion) { EXPECT_EQ(version_seen_by_second_unit(), manyworlds::version); }
