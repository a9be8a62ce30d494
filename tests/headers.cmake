# Every public header compiles alone, twice in a row, under the C++ compiler, and what kernels may see under nvcc too.
# This is checked by building: one generated source per header.
set(generated ${CMAKE_CURRENT_BINARY_DIR}/headers)

function(one_source_per_header extension out)
  set(sources)
  foreach(header IN LISTS ARGN)
    string(REGEX REPLACE "^.*/manyworlds/" "manyworlds/" header ${header})
    string(MAKE_C_IDENTIFIER ${header} name)
    file(CONFIGURE OUTPUT ${generated}/${name}.${extension} CONTENT "#include \"${header}\"\n#include \"${header}\"\n")
    list(APPEND sources ${generated}/${name}.${extension})
  endforeach()
  set(${out} ${sources} PARENT_SCOPE)
endfunction()

file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/*.hpp ${PROJECT_SOURCE_DIR}/kernels/*.hpp)
one_source_per_header(cpp sources ${headers})
add_library(headers_alone OBJECT ${sources})
target_link_libraries(headers_alone PRIVATE manyworlds_own)
target_compile_options(headers_alone PRIVATE -O0)

if(MANYWORLDS_WITH_CUDA)
  # One architecture is enough for what only has to compile; cuda_kernels below is built for all.
  set(device_headers ${headers})
  list(FILTER device_headers INCLUDE REGEX
    "/manyworlds/(core|math|kernels|paths/batch)/|/backend/(memory|append)\\.hpp|/scene/(antenna|material|visibility)\\.hpp|/bvh/(bvh|segment|skip_tree|traverse)\\.hpp")
  list(FILTER device_headers EXCLUDE REGEX "/(make_arrays|staged)\\.hpp")
  one_source_per_header(cu sources ${device_headers})
  add_library(headers_alone_cuda OBJECT ${sources})
  target_link_libraries(headers_alone_cuda PRIVATE manyworlds)
  set_target_properties(headers_alone_cuda PROPERTIES CUDA_ARCHITECTURES 90-real)
  target_compile_options(headers_alone_cuda PRIVATE -Werror=cross-execution-space-call)

  file(GLOB sources CONFIGURE_DEPENDS cuda/*.cu)
  if(sources)
    add_library(cuda_kernels OBJECT ${sources})
    target_link_libraries(cuda_kernels PRIVATE manyworlds)
    target_compile_options(cuda_kernels PRIVATE -Werror=cross-execution-space-call)
  endif()

  # What the tests ask of devices besides; where there is none, they say so and are skipped.
  file(GLOB sources CONFIGURE_DEPENDS cuda/device/device_*.cu)
  list(FILTER sources EXCLUDE REGEX device_rates)  # for the benchmark alone
  add_library(device_gains STATIC ${sources})
  target_include_directories(device_gains PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(device_gains PUBLIC manyworlds_cuda)
  target_compile_options(device_gains PRIVATE -Werror=cross-execution-space-call)
  foreach(target device_gains manyworlds_cuda)
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CUDA>:-Xptxas=-v>)
    set_target_properties(${target} PROPERTIES
      CUDA_COMPILER_LAUNCHER "bash;${CMAKE_CURRENT_SOURCE_DIR}/cuda/keep_ptxas.sh")
    if("90" IN_LIST CMAKE_CUDA_ARCHITECTURES)
      set_target_properties(${target} PROPERTIES CUDA_ARCHITECTURES 90)  # one is enough here, and half the time
    endif()
  endforeach()
  if(Python3_Interpreter_FOUND AND CMAKE_CUDA_ARCHITECTURES MATCHES "90" AND CMAKE_CUDA_COMPILER_VERSION MATCHES "^13.0")
    # Other compilers need other registers.
    add_test(NAME cuda_registers COMMAND Python3::Interpreter -B ${CMAKE_CURRENT_SOURCE_DIR}/cuda/registers.py
      --check ${PROJECT_SOURCE_DIR}/docs/results/ptxas.md $<TARGET_OBJECTS:device_gains> $<TARGET_OBJECTS:manyworlds_cuda>
      COMMAND_EXPAND_LISTS)
    set(data ${CMAKE_CURRENT_SOURCE_DIR}/cuda/data)
    add_test(NAME cuda_registers_notices_jumps COMMAND Python3::Interpreter -B
      ${CMAKE_CURRENT_SOURCE_DIR}/cuda/registers.py --check ${data}/jump.md ${data}/jump.ptxas)
    set_tests_properties(cuda_registers_notices_jumps PROPERTIES PASS_REGULAR_EXPRESSION
      "more: 40 registers, were 30\n[^\n]*more: 12 bytes of spills, were 0")
    set_tests_properties(cuda_registers cuda_registers_notices_jumps PROPERTIES LABELS unit TIMEOUT 60)
  endif()
  file(GLOB sources CONFIGURE_DEPENDS cuda/device/*_test.cpp cuda/device/*_test.cu)
  foreach(source IN LISTS sources)
    cmake_path(GET source STEM name)
    add_executable(cuda_${name} ${source})
    target_include_directories(cuda_${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
    target_link_libraries(cuda_${name} PRIVATE test_settings test_model device_gains)
    add_test(NAME cuda_${name} COMMAND cuda_${name} --gtest_brief=1)
    set_tests_properties(cuda_${name} PROPERTIES LABELS gpu TIMEOUT 300)
  endforeach()
  file(GLOB sources CONFIGURE_DEPENDS cuda/device/*_bench.cpp)
  add_executable(device_bench ${sources} cuda/device/device_rates.cu)
  target_include_directories(device_bench PRIVATE ${CMAKE_CURRENT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/bench)
  target_link_libraries(device_bench PRIVATE manyworlds_own device_gains)
  target_compile_definitions(device_bench PRIVATE MANYWORLDS_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  if(TARGET own_policies_cuda)
    add_dependencies(cuda_no_device_test own_policies_cuda)
  endif()
  # The script for a device, as far as it goes without one: it leaves with 3.
  add_test(NAME gpu_script_without_device COMMAND bash -c
    "CUDA_VISIBLE_DEVICES= bash tests/gpu.sh --build '${PROJECT_BINARY_DIR}' --out '${PROJECT_BINARY_DIR}/out-gpu' \
      parity sanitize bench search; test $? -eq 3" WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(gpu_script_without_device PROPERTIES LABELS unit TIMEOUT 120)
endif()
