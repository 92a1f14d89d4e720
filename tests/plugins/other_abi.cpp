// SPDX-License-Identifier: Apache-2.0
// Built by another compiler.
#include <morgana/plugin.hpp>

extern "C" MORGANA_API const morgana::PluginDescriptor* morgana_plugin() {
  static const morgana::PluginDescriptor descriptor{sizeof(morgana::PluginDescriptor),
                                                    MORGANA_SDK_MAJOR,
                                                    MORGANA_SDK_MINOR,
                                                    "clang99 cxx11",
                                                    "broken",
                                                    "1.0.0",
                                                    "Is broken.",
                                                    nullptr,
                                                    0,
                                                    nullptr,
                                                    0};
  return &descriptor;
}
