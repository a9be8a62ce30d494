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
add_test(NAME install COMMAND ${CMAKE_COMMAND} --install ${PROJECT_BINARY_DIR} --prefix ${prefix})
set_tests_properties(install PROPERTIES LABELS consumer FIXTURES_SETUP installed)

add_consumer(find_package -DCMAKE_PREFIX_PATH=${prefix})
set_tests_properties(consumer_find_package PROPERTIES FIXTURES_REQUIRED installed)
add_consumer(add_subdirectory -DMANYWORLDS=${PROJECT_SOURCE_DIR})
add_consumer(fetch_content -DFETCHCONTENT_SOURCE_DIR_MANYWORLDS=${PROJECT_SOURCE_DIR}
  -DFETCHCONTENT_FULLY_DISCONNECTED=ON)
