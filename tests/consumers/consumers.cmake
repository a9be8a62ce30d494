# The library as its users take it in: installed, as a subdirectory, and fetched. Each is configured, built and run
# as a project of its own.
function(add_consumer name)
  string(REPLACE ";" "\\;" launcher "${CMAKE_CXX_COMPILER_LAUNCHER}")
  add_test(NAME consumer_${name}
    COMMAND ${CMAKE_CTEST_COMMAND} --build-and-test ${CMAKE_CURRENT_SOURCE_DIR}/consumers/${name}
      ${CMAKE_CURRENT_BINARY_DIR}/consumers/${name}
      --build-generator ${CMAKE_GENERATOR} --build-noclean
      --build-options -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER}
        -DCMAKE_CXX_COMPILER_LAUNCHER=${launcher} ${ARGN}
      --test-command consumer)
  set_tests_properties(consumer_${name} PROPERTIES LABELS consumer TIMEOUT 300)
endfunction()

set(prefix ${CMAKE_CURRENT_BINARY_DIR}/consumers/prefix)
add_test(NAME install COMMAND ${CMAKE_COMMAND} -DBUILD=${PROJECT_BINARY_DIR} -DPREFIX=${prefix}
  -DINCLUDE=${CMAKE_INSTALL_INCLUDEDIR} -P ${CMAKE_CURRENT_SOURCE_DIR}/consumers/install.cmake)
set_tests_properties(install PROPERTIES LABELS consumer FIXTURES_SETUP installed)

add_consumer(find_package -DCMAKE_PREFIX_PATH=${prefix})
set_tests_properties(consumer_find_package PROPERTIES FIXTURES_REQUIRED installed FIXTURES_SETUP built)
add_consumer(add_subdirectory -DMANYWORLDS=${PROJECT_SOURCE_DIR})
add_consumer(fetch_content -DFETCHCONTENT_SOURCE_DIR_MANYWORLDS=${PROJECT_SOURCE_DIR}
  -DFETCHCONTENT_FULLY_DISCONNECTED=ON)

# g++ says of each of six wrong policies which member is at fault.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_test(NAME consumer_wrong_policies
    COMMAND ${CMAKE_COMMAND} --build ${CMAKE_CURRENT_BINARY_DIR}/consumers/find_package --target wrong_policies)
  set_tests_properties(consumer_wrong_policies PROPERTIES LABELS consumer FIXTURES_REQUIRED built TIMEOUT 60
    ENVIRONMENT "LC_ALL=C" PASS_REGULAR_EXPRESSION
    "no member named 'term_gradient'.*'name' is not a member.*no member named 'prm'.*'l.term\\(single_dbm\\)' does not \
satisfy return-type-requirement.*cannot convert 'span<double>' to 'span<float>'.*expects 4 arguments, 5 provided")
endif()

# A project without a build type is told so; the consumers above have one.
if(NOT CMAKE_CONFIGURATION_TYPES)
  foreach(consumer find_package add_subdirectory)
    add_test(NAME consumer_${consumer}_without_build_type
      COMMAND ${CMAKE_COMMAND} --fresh -G ${CMAKE_GENERATOR} -S ${CMAKE_CURRENT_SOURCE_DIR}/consumers/${consumer}
        -B ${CMAKE_CURRENT_BINARY_DIR}/consumers/${consumer}_without_build_type -DCMAKE_BUILD_TYPE=
        -DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER} -DCMAKE_PREFIX_PATH=${prefix} -DMANYWORLDS=${PROJECT_SOURCE_DIR})
    set_tests_properties(consumer_${consumer}_without_build_type PROPERTIES LABELS consumer TIMEOUT 60
      FIXTURES_REQUIRED installed PASS_REGULAR_EXPRESSION "searches want -DCMAKE_BUILD_TYPE=Release")
    set_tests_properties(consumer_${consumer} PROPERTIES FAIL_REGULAR_EXPRESSION "no CMAKE_BUILD_TYPE")
  endforeach()
endif()
