# SPDX-License-Identifier: Apache-2.0
#
# LibTorch from a wheel (as scripts/setup unpacks it) or from the zip of pytorch.org:
#   LibTorch::torch_cpu, LibTorch::c10   imported targets; libtorch_cuda is opened at run time, never linked
#   LIBTORCH_ROOT                        the folder that holds include/ and lib/
#   LibTorch_VERSION
#
# LibTorch's own find_package(Torch) is not used: it wants a CUDA compiler and every NVIDIA library to configure at all.

if(NOT LIBTORCH_ROOT)
  if(DEFINED ENV{LIBTORCH_ROOT})
    set(_libtorch_root "$ENV{LIBTORCH_ROOT}")
  elseif(DEFINED ENV{MORGANA_DEPS})
    set(_libtorch_root "$ENV{MORGANA_DEPS}/wheels/torch")
  else()
    get_filename_component(_libtorch_root "${CMAKE_CURRENT_LIST_DIR}/../.deps/wheels/torch" ABSOLUTE)
  endif()
  set(LIBTORCH_ROOT "${_libtorch_root}" CACHE PATH "Folder of LibTorch: holds include/ and lib/" FORCE)
  unset(_libtorch_root)
endif()

foreach(_library IN ITEMS torch_cpu c10)
  set(LibTorch_${_library}_LIBRARY "${LIBTORCH_ROOT}/lib/lib${_library}.so")
  if(NOT EXISTS "${LibTorch_${_library}_LIBRARY}")
    set(LibTorch_${_library}_LIBRARY "LibTorch_${_library}_LIBRARY-NOTFOUND")
  endif()
endforeach()

set(LibTorch_INCLUDE_DIR "${LIBTORCH_ROOT}/include")
if(EXISTS "${LibTorch_INCLUDE_DIR}/torch/headeronly/version.h")
  file(STRINGS "${LibTorch_INCLUDE_DIR}/torch/headeronly/version.h" _version_lines
       REGEX "define TORCH_VERSION_(MAJOR|MINOR|PATCH) ")
  string(REGEX MATCHALL "[0-9]+" LibTorch_VERSION "${_version_lines}")
  list(JOIN LibTorch_VERSION "." LibTorch_VERSION)
  unset(_version_lines)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  LibTorch
  REQUIRED_VARS LibTorch_torch_cpu_LIBRARY LibTorch_c10_LIBRARY LibTorch_VERSION
  VERSION_VAR LibTorch_VERSION
  REASON_FAILURE_MESSAGE "no LibTorch in ${LIBTORCH_ROOT}: run scripts/setup, or set LIBTORCH_ROOT to its folder")

if(LibTorch_FOUND AND NOT TARGET LibTorch::torch_cpu)
  foreach(_library IN ITEMS c10 torch_cpu)
    add_library(LibTorch::${_library} SHARED IMPORTED)
    set_target_properties(LibTorch::${_library} PROPERTIES IMPORTED_LOCATION "${LibTorch_${_library}_LIBRARY}")
  endforeach()
  # LibTorch brings headers of {fmt} 12 along. -idirafter puts them behind the system's, so that a file which includes
  # both LibTorch and {fmt} compiles against the {fmt} that it is linked to. It silences their warnings like -isystem.
  target_compile_options(
    LibTorch::c10 INTERFACE "SHELL:-idirafter ${LibTorch_INCLUDE_DIR}"
                            "SHELL:-idirafter ${LibTorch_INCLUDE_DIR}/torch/csrc/api/include")
  target_compile_definitions(LibTorch::c10 INTERFACE _GLIBCXX_USE_CXX11_ABI=1 USE_DISTRIBUTED)
  target_compile_features(LibTorch::c10 INTERFACE cxx_std_20)
  target_link_libraries(LibTorch::torch_cpu INTERFACE LibTorch::c10)
endif()

# In the build tree CMake writes the folders of linked libraries into the binaries; keep them when installing, because
# a wheel is in no folder that the loader searches.
if(LibTorch_FOUND AND NOT DEFINED CMAKE_INSTALL_RPATH_USE_LINK_PATH)
  set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)
endif()
