// SPDX-License-Identifier: Apache-2.0
#include "release.hpp"

#include "forms/trace_form.hpp"

namespace morgana::mirage {
namespace {

Release later(std::string name, ReleaseSet apps, std::vector<std::string> labels) {
  Release release;
  release.name = std::move(name);
  release.channels = forms::header_channels();
  release.labels = std::move(labels);
  release.apps = apps;
  release.timestamps = release.transport_options = true;
  return release;
}

}  // namespace

const Release& mirage_2019() {
  static const Release release = [] {
    Release release;
    release.name = "MIRAGE-2019";
    release.channels = {"PL", "IAT", "DIR", "WIN", "TIME"};
    release.labels = {"app"};
    release.folder_is_device = true;
    return release;
  }();
  return release;
}

const Release& mirage_video() {
  static const Release release = later("MIRAGE-VIDEO", kInVideo, {"app", "category"});
  return release;
}

const Release& mirage_ccma() {
  static const Release release = [] {
    auto release = later("MIRAGE-COVID-CCMA-2022", kInCcma, {"app", "activity", "app-activity"});
    release.unknown_activity_background = true;
    return release;
  }();
  return release;
}

const Release& mirage_appxact() {
  static const Release release = later("MIRAGE-AppxAct-2024", kInAppxact, {"app", "activity", "app-activity"});
  return release;
}

}  // namespace morgana::mirage
