# SPDX-License-Identifier: Apache-2.0
#
# morgana_add_plugin(<name> [TENSORS] SOURCES <file>... [LIBRARIES <target>...] [TESTS <file>...])
#
# Builds the plugin library `morgana_<name>` with everything but its one symbol hidden, and, after linking, its
# manifest beside it by asking the library. TENSORS links morgana::sdk (LibTorch); without it the plugin links
# morgana::core alone and builds in seconds. TESTS are GoogleTest files that see the plugin's own headers and may
# call its `morgana_plugin()`; they are built in Morgana's own tree only.
function(morgana_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 plugin "TENSORS" "" "SOURCES;LIBRARIES;TESTS")
  if(NOT plugin_SOURCES OR plugin_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "morgana_add_plugin(${name}): SOURCES is missing, or not understood: ${plugin_UNPARSED_ARGUMENTS}")
  endif()
  if(plugin_TENSORS)
    if(NOT TARGET morgana::sdk)
      message(STATUS "morgana: plugin ${name} is left out: it needs LibTorch")
      return()
    endif()
    set(sdk morgana::sdk)
  else()
    set(sdk morgana::core)
  endif()

  set(objects morgana_${name}_objects)
  add_library(${objects} OBJECT ${plugin_SOURCES})
  target_link_libraries(${objects} PUBLIC ${sdk} ${plugin_LIBRARIES})
  target_include_directories(${objects} PUBLIC "${CMAKE_CURRENT_SOURCE_DIR}")
  if(TARGET morgana_warnings)
    target_link_libraries(${objects} PRIVATE morgana_warnings)
  endif()
  set_target_properties(${objects} PROPERTIES CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON POSITION_INDEPENDENT_CODE ON)

  set(target morgana_${name})
  add_library(${target} MODULE)
  target_link_libraries(${target} PRIVATE ${objects})
  set_target_properties(${target} PROPERTIES PREFIX lib)
  if(CMAKE_PROJECT_NAME STREQUAL "morgana")
    if(NOT TARGET morgana_plugins)
      add_custom_target(morgana_plugins)  # what a run needs, without the tests; the host comes along for the manifests
    endif()
    add_dependencies(morgana_plugins ${target})
    # Built with the RPATH it is installed with: the manifest holds the library's hash, so installing must not change it.
    # The wheels' folders are named: CMake keeps no link path that lies inside the source tree, as .deps/ does.
    set_target_properties(${target} PROPERTIES LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib/morgana/plugins"
                                               INSTALL_RPATH "$ORIGIN/../..;${LIBTORCH_ROOT}/lib;${ARROW_WHEEL_ROOT}" BUILD_WITH_INSTALL_RPATH ON)
    install(TARGETS ${target} LIBRARY DESTINATION lib/morgana/plugins COMPONENT plugins)
    install(FILES "$<TARGET_FILE_DIR:${target}>/lib${target}.json" DESTINATION lib/morgana/plugins COMPONENT plugins)
  endif()
  if(TARGET morgana::host)
    add_dependencies(${target} morgana::host)
    add_custom_command(TARGET ${target} POST_BUILD COMMAND morgana::host manifest "$<TARGET_FILE:${target}>" VERBATIM)
  endif()

  if(plugin_TESTS AND MORGANA_TESTS AND CMAKE_PROJECT_NAME STREQUAL "morgana")
    morgana_add_test(${target}_test PREFIX ${name} SOURCES ${plugin_TESTS} LIBRARIES ${objects})
  endif()
endfunction()
