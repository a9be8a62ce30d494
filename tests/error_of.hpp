#pragma once
#include <string>

#include "manyworlds/core/error.hpp"

namespace manyworlds::test {

/// The message of the InputError that the call throws; "no error" when it throws none.
template <class F>
std::string error_of(F&& call) {
  try {
    call();
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace manyworlds::test
