// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "app_table.hpp"

namespace morgana::mirage {

/// How the released datasets differ, as far as reading them goes.
struct Release {
  std::string name;                   ///< "MIRAGE-2019"
  std::vector<std::string> channels;  ///< packet channels that its files can give
  std::vector<std::string> labels;    ///< "app", "activity", "app-activity", "category"
  /// Its list of apps; `kNoList`: a biflow's app is right where the file is named after it.
  ReleaseSet apps = kNoList;
  bool timestamps = false;                   ///< of each packet
  bool transport_options = false;            ///< UF_MSS, UF_WS, DF_MSS, DF_WS
  bool unknown_activity_background = false;  ///< biflows of activity "Unknown" are background
  bool folder_is_device = false;             ///< the folder of a file names the phone, not the app
};

/// Aceto et al., "MIRAGE: Mobile-app Traffic Capture and Ground-truth Creation", ICCCS 2019.
const Release& mirage_2019();
/// Aceto et al., Computer Networks 200 (2021) 108529.
const Release& mirage_video();
/// Guarino et al., Computer Networks 219 (2022) 109452.
const Release& mirage_ccma();
/// Guarino et al., WiMob 2024; its archive is called MIRAGE-AppAct-2024.
const Release& mirage_appxact();

}  // namespace morgana::mirage
