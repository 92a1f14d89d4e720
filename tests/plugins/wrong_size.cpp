// SPDX-License-Identifier: Apache-2.0
// A descriptor of another size: nothing behind the first field can be trusted.
#include <morgana/plugin.hpp>

extern "C" MORGANA_API const morgana::PluginDescriptor* morgana_plugin() {
  static const morgana::PluginDescriptor descriptor{
      8, MORGANA_SDK_MAJOR, MORGANA_SDK_MINOR, nullptr, nullptr, nullptr, nullptr, nullptr, 0, nullptr, 0};
  return &descriptor;
}
