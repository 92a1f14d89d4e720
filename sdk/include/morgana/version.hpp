// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Version of the plugin interface: a plugin runs in a host of the same major and minor number.
#define MORGANA_SDK_MAJOR 1
#define MORGANA_SDK_MINOR 0

#if defined(__GNUC__)
#define MORGANA_API __attribute__((visibility("default")))
#else
#error "Morgana is built with GCC or Clang"
#endif
