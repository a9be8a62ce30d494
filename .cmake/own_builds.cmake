# What holds for the executables of this repository and for no consumer: warnings, processor, ccache, CUDA.
# Each of them links manyworlds_own.
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)  # for clang-tidy
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release)
endif()
if(NOT DEFINED CMAKE_COMPILE_WARNING_AS_ERROR)
  set(CMAKE_COMPILE_WARNING_AS_ERROR ON)
endif()

add_library(manyworlds_own INTERFACE)
target_link_libraries(manyworlds_own INTERFACE manyworlds::io)
target_compile_options(manyworlds_own INTERFACE
  "$<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;-Wconversion;-Wshadow;-Wpedantic>")

if(MANYWORLDS_NATIVE)
  # Contraction to fused multiply-add differs from one inlined copy to the next; results must not.
  target_compile_options(manyworlds_own INTERFACE "$<$<COMPILE_LANGUAGE:CXX>:-march=native;-ffp-contract=off>")
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # GCC's own AVX-512 intrinsics warn where Eigen and std::experimental::simd use them (GCC bug 105593).
    target_compile_options(manyworlds_own INTERFACE "$<$<COMPILE_LANGUAGE:CXX>:-Wno-uninitialized;-Wno-maybe-uninitialized>")
  endif()
  # The same words mean other code on another processor: the processor's features name the compiler cache.
  execute_process(COMMAND ${CMAKE_CXX_COMPILER} -march=native -dM -E -x c++ /dev/null OUTPUT_VARIABLE features)
  string(MD5 features "${features}")
endif()

find_program(CCACHE ccache)
mark_as_advanced(CCACHE)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
    CCACHE_NAMESPACE=manyworlds${features} CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()

include(find_cuda)
