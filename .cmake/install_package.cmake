# Installs both include roots as one, headers only, and the files that find_package(manyworlds [COMPONENTS io]) reads.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_DATADIR}/cmake/manyworlds)

install(DIRECTORY include/manyworlds kernels/manyworlds DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS manyworlds EXPORT manyworldsTargets)
install(EXPORT manyworldsTargets NAMESPACE manyworlds:: DESTINATION ${package_dir})
if(MANYWORLDS_WITH_IO)
  install(TARGETS manyworlds_io EXPORT manyworldsIoTargets)
  install(EXPORT manyworldsIoTargets NAMESPACE manyworlds:: DESTINATION ${package_dir})
endif()

configure_package_config_file(.cmake/manyworldsConfig.cmake.in ${PROJECT_BINARY_DIR}/manyworldsConfig.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/manyworldsConfigVersion.cmake
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES ${PROJECT_BINARY_DIR}/manyworldsConfig.cmake ${PROJECT_BINARY_DIR}/manyworldsConfigVersion.cmake
  .cmake/manyworldsBuildType.cmake DESTINATION ${package_dir})
