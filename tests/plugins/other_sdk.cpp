// SPDX-License-Identifier: Apache-2.0
// Built for a later SDK.
#include <morgana/plugin.hpp>

extern "C" MORGANA_API const morgana::PluginDescriptor* morgana_plugin() {
  static const morgana::PluginDescriptor descriptor{
      sizeof(morgana::PluginDescriptor), 1, 99, MORGANA_ABI, "broken", "1.0.0", "Is broken.", nullptr, 0, nullptr, 0};
  return &descriptor;
}
