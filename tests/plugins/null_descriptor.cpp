// SPDX-License-Identifier: Apache-2.0
// Returns nothing.
#include <morgana/plugin.hpp>

extern "C" MORGANA_API const morgana::PluginDescriptor* morgana_plugin() { return nullptr; }
