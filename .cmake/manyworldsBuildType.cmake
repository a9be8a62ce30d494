# Said once to a project that takes the library in and asks for no optimisation: searches are tens of times slower then.
get_property(several_types GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
get_property(said GLOBAL PROPERTY MANYWORLDS_BUILD_TYPE_SAID)
if(NOT several_types AND NOT said AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CXX_FLAGS MATCHES "-O")
  set_property(GLOBAL PROPERTY MANYWORLDS_BUILD_TYPE_SAID TRUE)
  message(NOTICE "manyworlds: no CMAKE_BUILD_TYPE, so nothing is optimised; searches want -DCMAKE_BUILD_TYPE=Release")
endif()
