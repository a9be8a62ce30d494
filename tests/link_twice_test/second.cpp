#include <manyworlds/manyworlds.hpp>

const char* version_seen_by_second_unit();
const char* version_seen_by_second_unit() { return manyworlds::version; }
