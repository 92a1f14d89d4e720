// SPDX-License-Identifier: Apache-2.0
#include "captures/capture_parameters.hpp"

namespace morgana::captures {

CaptureParameters::CaptureParameters(Stage& stage)
    : clients_(stage, "clients",
               {.value = std::vector<std::string>{},
                .doc = "Addresses that are always the client, which stands first in a biflow's key: those of the "
                       "recorded devices, where they are not private."}),
      idle_timeout_(stage, "idle_timeout",
                    {.value = 0,
                     .unit = "s",
                     .min = 0,
                     .doc = "A longer silence ends a biflow; 0: never.",
                     .origin = "MIRAGE: never"}),
      apps_(stage, "apps",
            {.value = std::vector<std::string>{},
             .doc = "Which app a process of the socket log is of, where its name is not the app's: "
                    "firefox=org.mozilla.firefox. * for the app stands for the one that the capture is named after, * "
                    "for the process for all others."}),
      understood_(stage, [this] {
        assembly();
        apps();
      }) {}

biflows::Assembly CaptureParameters::assembly() const {
  biflows::Assembly assembly;
  assembly.clients = packets::parse_addresses("clients", *clients_);
  assembly.idle_seconds = *idle_timeout_;
  return assembly;
}

}  // namespace morgana::captures
