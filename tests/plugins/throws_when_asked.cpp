// SPDX-License-Identifier: Apache-2.0
// Throws when it is asked for its descriptor.
#include <morgana/plugin.hpp>

#include <stdexcept>

extern "C" MORGANA_API const morgana::PluginDescriptor* morgana_plugin() { throw std::runtime_error("not today"); }
