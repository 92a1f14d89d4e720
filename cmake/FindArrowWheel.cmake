# SPDX-License-Identifier: Apache-2.0
#
# Arrow and Parquet from the pyarrow wheel that scripts/setup unpacks:
#   Arrow::arrow, Arrow::parquet   imported targets
#   ARROW_WHEEL_ROOT               the wheel's folder "pyarrow"
#   ArrowWheel_VERSION             Arrow's C++ ABI changes with each major version, so ask for one

if(NOT ARROW_WHEEL_ROOT)
  if(DEFINED ENV{MORGANA_DEPS})
    set(_arrow_root "$ENV{MORGANA_DEPS}/wheels/pyarrow")
  else()
    get_filename_component(_arrow_root "${CMAKE_CURRENT_LIST_DIR}/../.deps/wheels/pyarrow" ABSOLUTE)
  endif()
  set(ARROW_WHEEL_ROOT "${_arrow_root}" CACHE PATH "Folder pyarrow of Arrow's wheel" FORCE)
  unset(_arrow_root)
endif()

set(ArrowWheel_INCLUDE_DIR "${ARROW_WHEEL_ROOT}/include")
set(_config_header "${ArrowWheel_INCLUDE_DIR}/arrow/util/config.h")
if(EXISTS "${_config_header}")
  file(STRINGS "${_config_header}" _version_line REGEX "define ARROW_VERSION_STRING ")
  string(REGEX REPLACE ".*\"([0-9.]+).*" "\\1" ArrowWheel_VERSION "${_version_line}")
  file(STRINGS "${_config_header}" _version_line REGEX "define ARROW_SO_VERSION ")
  string(REGEX REPLACE ".*\"([0-9.]+)\".*" "\\1" _so_version "${_version_line}")
  foreach(_library IN ITEMS arrow parquet)
    set(ArrowWheel_${_library}_LIBRARY "${ARROW_WHEEL_ROOT}/lib${_library}.so.${_so_version}")
    if(NOT EXISTS "${ArrowWheel_${_library}_LIBRARY}")
      set(ArrowWheel_${_library}_LIBRARY "ArrowWheel_${_library}_LIBRARY-NOTFOUND")
    endif()
  endforeach()
  unset(_so_version)
  unset(_version_line)
endif()
unset(_config_header)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  ArrowWheel
  REQUIRED_VARS ArrowWheel_arrow_LIBRARY ArrowWheel_parquet_LIBRARY ArrowWheel_VERSION
  VERSION_VAR ArrowWheel_VERSION
  REASON_FAILURE_MESSAGE "no Arrow in ${ARROW_WHEEL_ROOT}: run scripts/setup, or set ARROW_WHEEL_ROOT to the wheel's folder")

if(ArrowWheel_FOUND AND NOT TARGET Arrow::arrow)
  foreach(_library IN ITEMS arrow parquet)
    add_library(Arrow::${_library} SHARED IMPORTED)
    set_target_properties(
      Arrow::${_library}
      PROPERTIES IMPORTED_LOCATION "${ArrowWheel_${_library}_LIBRARY}"
                 INTERFACE_INCLUDE_DIRECTORIES "${ArrowWheel_INCLUDE_DIR}"
                 INTERFACE_COMPILE_DEFINITIONS _GLIBCXX_USE_CXX11_ABI=1)
    target_compile_features(Arrow::${_library} INTERFACE cxx_std_20)
  endforeach()
  target_link_libraries(Arrow::parquet INTERFACE Arrow::arrow)
endif()

# See FindLibTorch.cmake: a wheel is in no folder that the loader searches.
if(ArrowWheel_FOUND AND NOT DEFINED CMAKE_INSTALL_RPATH_USE_LINK_PATH)
  set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)
endif()
