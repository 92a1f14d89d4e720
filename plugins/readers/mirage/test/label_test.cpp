// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <array>

#include "app_table.hpp"
#include "release_files.hpp"
#include "stage_fixture.hpp"

namespace morgana::mirage {
namespace {

using samples::ReleaseFlow;
using Names = std::vector<std::string>;

class Labels : public StageFixture {
 protected:
  /// The classes of flows that are given as label, sublabel and activity, JSON each, in a file of that name.
  morgana::testing::StageRunner& flows(
      const std::string& stage_name, const std::vector<std::array<std::string, 3>>& labels,
      const std::string& file_name = "App/1619005751_com.discord_mirage2020dataset_x.json") {
    name_ = stage_name;
    std::vector<ReleaseFlow> flows;
    for (const auto& [label, sublabel, activity] : labels) {
      auto flow = samples::flow_appxact();
      flow.set("BF_label", label).set("BF_sublabel", sublabel);
      flows.push_back(flow.set("BF_activity", activity));
    }
    return stage(file(file_name, samples::file_of(flows)));
  }
};

TEST_F(Labels, ReconcileNamesPackagesAndProcesses) {
  const std::vector<std::array<std::string, 3>> labels{
      {"\"Discord\"", "\"com.discord\"", "null"},
      {"\"Discord\"", "\"com.discord:push\"", "null"},
      {"\"DISCORD\"", "null", "null"},
      {"\"com.Slack\"", "\"com.slack\"", "null"},
      {"\"Omlet\"", "\"mobisocial.arcade\"", "null"},
      {"\"com.android.vending\"", "\"com.Android.vending:download\"", "null"},
      {"\"/system/bin/netd\"", "null", "null"},
      {"null", "null", "null"}};
  flows("read.mirage-appxact", labels);
  const Names own{"com.discord", "com.discord", "com.discord", "com.Slack", "mobisocial.arcade"};
  EXPECT_EQ(this->labels(), own);
  EXPECT_EQ(stage_->output<Traces>("traces")->table().counts.at("skipped: background"), 3);
  EXPECT_NE(stage_->output<Traces>("traces")->table().notes.at("skipped: background").find("com.android.vending"),
            std::string::npos);

  flows("read.mirage-appxact", labels).set("background", "keep");
  auto kept = own;
  kept.insert(kept.end(), {"com.android.vending", "/system/bin/netd"});
  EXPECT_EQ(this->labels(), kept);
  EXPECT_EQ(stage_->output<Traces>("traces")->table().counts.at("skipped: no label"), 1);
  EXPECT_EQ(stage_->output<Traces>("traces")->table().counts.at("kept background"), 2);

  flows("read.mirage-appxact", labels).set("background", "label");
  auto named = own;
  named.insert(named.end(), 3, "background");
  EXPECT_EQ(this->labels(), named);

  flows("read.mirage-appxact", labels).set("app_from", "file");
  EXPECT_EQ(this->labels(), Names(5, "com.discord"));
}

TEST_F(Labels, OfAnAppThatAReleaseDoesNotListAreBackground) {
  const std::vector<std::array<std::string, 3>> labels{{"null", "\"com.whatsapp\"", "\"chat\""},
                                                       {"null", "\"com.discord\"", "\"chat\""}};
  flows("read.mirage-ccma", labels);
  EXPECT_EQ(this->labels(), Names{"com.discord"});
  flows("read.mirage-video", labels);
  EXPECT_EQ(this->labels(), Names{"com.whatsapp"});
}

TEST_F(Labels, MayBeActivities) {
  const std::vector<std::array<std::string, 3>> labels{{"\"Discord\"", "\"com.discord\"", "\"chat-audiocall\""},
                                                       {"\"Zoom\"", "\"us.zoom.videomeetings\"", "\"videocall\""},
                                                       {"\"Zoom\"", "\"us.zoom.videomeetings\"", "\"Unknown\""},
                                                       {"\"Zoom\"", "\"us.zoom.videomeetings\"", "\"None\""},
                                                       {"\"Zoom\"", "\"us.zoom.videomeetings\"", "null"}};
  flows("read.mirage-appxact", labels).set("label", "activity");
  EXPECT_EQ(this->labels(), (Names{"chat-audiocall", "videocall"}));
  EXPECT_EQ(stage_->output<Traces>("traces")->table().counts.at("skipped: no activity"), 3);
  flows("read.mirage-appxact", labels).set("label", "app-activity");
  EXPECT_EQ(this->labels(), (Names{"com.discord-chat-audiocall", "us.zoom.videomeetings-videocall"}));
  // Only CCMA takes biflows of an unknown activity for background, and only those that say so.
  flows("read.mirage-appxact", labels);
  EXPECT_EQ(this->labels().size(), 5u);
  flows("read.mirage-ccma", labels);
  EXPECT_EQ(this->labels().size(), 4u);
  EXPECT_EQ(stage_->output<Traces>("traces")->table().counts.at("skipped: background"), 1);
  flows("read.mirage-ccma", labels).set("background", "label").set("label", "activity");
  EXPECT_EQ(this->labels(), (Names{"chat-audiocall", "videocall", "background"}));
}

TEST_F(Labels, MayBeTheFourCategoriesOfVideo) {
  flows("read.mirage-video", {{"null", "\"in.fulldive.shell\"", "null"},
                              {"null", "\"com.instagram.android:mqtt\"", "null"},
                              {"null", "\"com.whatsapp\"", "null"},
                              {"\"com.google.android.youtube\"", "null", "null"},
                              {"\"com.discord\"", "null", "null"}})
      .set("label", "category")
      .set("background", "keep");
  EXPECT_EQ(this->labels(), (Names{"Cloud VR", "Short video", "Video chat", "VoD"}));
  EXPECT_EQ(stage_->output<Traces>("traces")->table().counts.at("skipped: no category"), 1);
}

TEST_F(Labels, KeepExactOnesOnly) {
  auto exact = samples::flow_appxact(), common = samples::flow_appxact(), unknown = samples::flow_appxact();
  common.set("BF_labeling_type", "\"most-common\"");
  unknown.set("BF_labeling_type", "null");
  name_ = "read.mirage-appxact";
  stage(file("a.json", samples::file_of({exact, common, unknown}))).set("exact_only", ParameterValue(true));
  EXPECT_EQ(labels(), Names{"com.discord"});
  EXPECT_EQ(stage_->output<Traces>("traces")->table().counts.at("skipped: label not exact"), 2);
}

TEST_F(Labels, Of2019FollowTheNameOfTheFile) {
  // 2019: the app named by the file decides, in whatever case.
  auto own = samples::flow_2019(), other = samples::flow_2019();
  own.set("BF_label", "\"com.SLACK\"");
  const auto text = samples::file_of({own, other});
  name_ = "read.mirage-2019";
  stage(file(std::string("7_com.Slack") + kSuffix, text));
  EXPECT_EQ(labels(), Names{"com.SLACK"});
  stage(file(std::string("7_None") + kSuffix, text));
  EXPECT_EQ(labels(), (Names{"com.SLACK", "com.example.app"}));
}

TEST(AppTable, ListsTheAppsOfTheReleases) {
  const auto count = [](ReleaseSet release) {
    int apps = 0;
    for (const char* name : {"com.discovery.discoveryvr",
                             "in.fulldive.shell",
                             "com.coaster.roller.vr",
                             "com.instagram.android",
                             "com.snapchat.android",
                             "com.zhiliaoapp.musically",
                             "com.facebook.orca",
                             "com.skype.raider",
                             "com.whatsapp",
                             "us.zoom.videomeetings",
                             "com.facebook.katana",
                             "com.netflix.mediaclient",
                             "com.amazon.avod.thirdpartyclient",
                             "com.google.android.youtube",
                             "com.discord",
                             "com.gotomeeting",
                             "com.google.android.apps.meetings",
                             "com.Slack",
                             "com.microsoft.teams",
                             "com.cisco.webex.meetings",
                             "com.supercell.clashroyale",
                             "com.crunchyroll.crunchyroid",
                             "org.jitsi.meet",
                             "com.kakao.talk",
                             "jp.naver.line.android",
                             "mobisocial.arcade",
                             "org.thoughtcrime.securesms",
                             "org.telegram.messenger",
                             "com.trueconf.videochat",
                             "tv.twitch.android.app"})
      apps += find_app(name, release) != nullptr;
    return apps;
  };
  EXPECT_EQ(count(kInVideo), 14);
  EXPECT_EQ(count(kInCcma), 9);
  EXPECT_EQ(count(kInAppxact), 20);
  // The folders of MIRAGE-AppxAct.
  for (const char* name : {"ClashRoyale", "Crunchyroll", "Discord", "GotoMeeting", "JitsiMeet", "KakaoTalk", "Line",
                           "Meet",        "Messenger",   "Omlet",   "Signal",      "Skype",     "Slack",     "Teams",
                           "Telegram",    "Trueconf",    "Twitch",  "Webex",       "WhatsApp",  "Zoom"})
    EXPECT_NE(find_app(name, kInAppxact), nullptr) << name;
  EXPECT_EQ(find_app("", kInAppxact), nullptr);
  EXPECT_EQ(package_of_process("com.Slack:push:2"), "com.slack");
}

}  // namespace
}  // namespace morgana::mirage
