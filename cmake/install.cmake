# SPDX-License-Identifier: Apache-2.0
# cmake --install: the program, the SDK and its package `morgana`. Plugins install themselves (morgana_add_plugin).
# Components: sdk (program, libraries, headers, package) and plugins.
include(CMakePackageConfigHelpers)
set(package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/morgana")

install(TARGETS morgana_core EXPORT morganaCoreTargets LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT sdk)
install(TARGETS morgana_host EXPORT morganaCoreTargets RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT sdk)
install(EXPORT morganaCoreTargets NAMESPACE morgana:: DESTINATION "${package_folder}" COMPONENT sdk)
if(TARGET morgana_sdk)
  # A package of its own, so that a plugin without tensors is built where there is no LibTorch.
  set_target_properties(morgana_sdk PROPERTIES INSTALL_RPATH "$ORIGIN;${LIBTORCH_ROOT}/lib")  # see morgana_add_plugin
  install(TARGETS morgana_sdk EXPORT morganaSdkTargets LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT sdk)
  install(EXPORT morganaSdkTargets NAMESPACE morgana:: DESTINATION "${package_folder}" COMPONENT sdk)
endif()
install(DIRECTORY "${PROJECT_SOURCE_DIR}/sdk/include/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT sdk)

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/morganaConfig.cmake.in" "${PROJECT_BINARY_DIR}/morganaConfig.cmake"
                              INSTALL_DESTINATION "${package_folder}" NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/morganaConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/morganaConfig.cmake" "${PROJECT_BINARY_DIR}/morganaConfigVersion.cmake"
              "${PROJECT_SOURCE_DIR}/cmake/FindLibTorch.cmake" "${PROJECT_SOURCE_DIR}/cmake/morgana_add_plugin.cmake"
        DESTINATION "${package_folder}" COMPONENT sdk)
