// SPDX-License-Identifier: Apache-2.0
#include "app_table.hpp"

#include <algorithm>
#include <cctype>

namespace morgana::mirage {
namespace {

constexpr unsigned kCalls = kInCcma | kInAppxact;

/// The releases' own lists of apps, from their pages and from the tables that tcbench publishes for them; names as
/// MIRAGE-AppxAct calls its folders.
constexpr App kApps[] = {
    {"com.discovery.discoveryvr", "DiscoveryVR", "Cloud VR", kInVideo},
    {"in.fulldive.shell", "FulldiveVR", "Cloud VR", kInVideo},
    {"com.coaster.roller.vr", "RollerCoasterVR", "Cloud VR", kInVideo},
    {"com.instagram.android", "Instagram", "Short video", kInVideo},
    {"com.snapchat.android", "Snapchat", "Short video", kInVideo},
    {"com.zhiliaoapp.musically", "TikTok", "Short video", kInVideo},
    {"com.facebook.orca", "Messenger", "Video chat", kInVideo | kCalls},
    {"com.skype.raider", "Skype", "Video chat", kInVideo | kCalls},
    {"com.whatsapp", "WhatsApp", "Video chat", kInVideo | kInAppxact},
    {"us.zoom.videomeetings", "Zoom", "Video chat", kInVideo | kCalls},
    {"com.facebook.katana", "Facebook", "VoD", kInVideo},
    {"com.netflix.mediaclient", "Netflix", "VoD", kInVideo},
    {"com.amazon.avod.thirdpartyclient", "PrimeVideo", "VoD", kInVideo},
    {"com.google.android.youtube", "YouTube", "VoD", kInVideo},
    {"com.discord", "Discord", "", kCalls},
    {"com.gotomeeting", "GotoMeeting", "", kCalls},
    {"com.google.android.apps.meetings", "Meet", "", kCalls},
    {"com.Slack", "Slack", "", kCalls},
    {"com.microsoft.teams", "Teams", "", kCalls},
    {"com.cisco.webex.meetings", "Webex", "", kCalls},
    {"com.supercell.clashroyale", "ClashRoyale", "", kInAppxact},
    {"com.crunchyroll.crunchyroid", "Crunchyroll", "", kInAppxact},
    {"org.jitsi.meet", "JitsiMeet", "", kInAppxact},
    {"com.kakao.talk", "KakaoTalk", "", kInAppxact},
    {"jp.naver.line.android", "Line", "", kInAppxact},
    {"mobisocial.arcade", "Omlet", "", kInAppxact},
    {"org.thoughtcrime.securesms", "Signal", "", kInAppxact},
    {"org.telegram.messenger", "Telegram", "", kInAppxact},
    {"com.trueconf.videochat", "Trueconf", "", kInAppxact},
    {"tv.twitch.android.app", "Twitch", "", kInAppxact},
};

char lower(char letter) { return static_cast<char>(std::tolower(static_cast<unsigned char>(letter))); }

}  // namespace

bool same_name(std::string_view first, std::string_view second) {
  return std::equal(first.begin(), first.end(), second.begin(), second.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

std::string package_of_process(std::string_view process) {
  std::string package(process.substr(0, process.find(':')));
  std::transform(package.begin(), package.end(), package.begin(), lower);
  return package;
}

const App* find_app(std::string_view label, ReleaseSet release) {
  label = label.substr(0, label.find(':'));
  for (const auto& app : kApps)
    if ((app.releases & release) != 0 && (same_name(label, app.package) || same_name(label, app.name))) return &app;
  return nullptr;
}

}  // namespace morgana::mirage
