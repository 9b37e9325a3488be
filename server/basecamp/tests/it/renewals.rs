//! Access that renews itself: once, however many ask, on however many nodes.

use crate::mirror::eventually;
use crate::signing_in::{STUDIO, World};
use domain::integration::{Health, Sharing};
use domain::mirror::MirrorState;
use futures::future::join_all;
use sandbox::faults::Fault;
use std::time::Duration;

#[tokio::test]
async fn access_about_to_end_is_renewed_once_and_refused_access_too() {
    for world in World::all().await {
        world.running.sandbox.behave(|it| it.lifetime_s = 200);
        let id = world.sign_in(&world.admin, Sharing::Workspace).await;
        world.running.sandbox.behave(|it| it.lifetime_s = 1_209_600);
        world.basecamp.choose_account(&world.admin, &id, STUDIO).await.unwrap();
        assert_eq!(world.running.sandbox.renewals(), 1, "it ended within five minutes");
        world.ten_calls().await;
        assert_eq!(world.running.sandbox.renewals(), 1);
        world.running.sandbox.end_access();
        world.ten_calls().await;
        assert_eq!(world.running.sandbox.renewals(), 2, "ten refusals, one renewal");
        world.running.sandbox.behave(|it| it.keeps_refresh_token = false);
        for renewals in 3..5 {
            world.running.sandbox.end_access();
            world.ten_calls().await;
            assert_eq!(world.running.sandbox.renewals(), renewals, "with the newest token");
        }
        assert_eq!(world.only(&world.admin).await.health, Health::Working);
    }
}

#[tokio::test]
async fn access_that_ends_in_the_middle_of_a_load_is_renewed_once_and_the_load_goes_on() {
    for world in World::all().await {
        world.connect().await;
        let sandbox = &world.running.sandbox;
        let (renewals, asked) = (sandbox.renewals(), sandbox.count());
        (0..5).for_each(|_| sandbox.fail_next(Fault::Pass));
        sandbox.fail_next(Fault::Slow(Duration::from_secs(3_600)));
        let sync = world.basecamp.sync(std::future::pending());
        eventually(|| sandbox.count() >= asked + 6).await;
        drop(sync);
        sandbox.heal();
        sandbox.end_access();
        for _ in 0..600 {
            world.basecamp.sync_once().await.unwrap();
            let status = world.basecamp.mirror_status(&world.admin).await.unwrap();
            if status.state == MirrorState::Following {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let status = world.basecamp.mirror_status(&world.admin).await.unwrap();
        assert_eq!(status.state, MirrorState::Following, "{}", world.test.name);
        assert_eq!(sandbox.renewals(), renewals + 1, "{}", world.test.name);
        assert_eq!(world.only(&world.admin).await.health, Health::Working);
    }
}

#[tokio::test]
async fn two_nodes_renew_access_once_together() {
    for world in World::all().await.into_iter().filter(|it| it.test.db.is_shared()) {
        world.connect().await;
        let nodes = [world.node(), world.node()];
        world.running.sandbox.behave(|it| it.keeps_refresh_token = false);
        for _ in 0..3 {
            let before = world.running.sandbox.renewals();
            world.running.sandbox.end_access();
            let calls = (0..10).map(|it| nodes[it % 2].people(&world.admin));
            let calls = join_all(calls).await;
            assert!(calls.iter().all(Result::is_ok), "{calls:?}");
            assert_eq!(world.running.sandbox.renewals(), before + 1);
        }
        assert_eq!(world.only(&world.admin).await.health, Health::Working);
    }
}
