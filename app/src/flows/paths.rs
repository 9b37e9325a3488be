//! Which step the arrow keys go to: the nearest one in that direction.

use super::keys::Way;
use domain::flow::layout::Node;

/// The step to go to from `from`; nowhere at the edge of the flow.
pub fn neighbour<'a>(nodes: &'a [Node], from: &str, way: Way) -> Option<&'a str> {
    let name = |it: &'a Node| it.name.as_str();
    match way {
        Way::First => return nodes.first().map(name),
        Way::Last => return nodes.last().map(name),
        _ => {}
    }
    let here = nodes.iter().find(|it| it.name == from)?;
    let cost = |it: &Node| {
        let (dx, dy) = (centre(it) - centre(here), it.y - here.y);
        match way {
            Way::Down if dy > 0 => Some(dy + dx.abs()),
            Way::Up if dy < 0 => Some(-dy + dx.abs()),
            Way::Right if dx > 0 => Some(dx + 2 * dy.abs()),
            Way::Left if dx < 0 => Some(-dx + 2 * dy.abs()),
            _ => None,
        }
    };
    nodes.iter().filter_map(|it| Some((cost(it)?, it))).min_by_key(|it| it.0).map(|it| name(it.1))
}

fn centre(node: &Node) -> i32 {
    node.x + node.w / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(name: &str, x: i32, y: i32) -> Node {
        Node { name: name.to_owned(), number: 1, x, y, w: 224, h: 60 }
    }

    /// A router with two branches, and a step after it.
    fn nodes() -> Vec<Node> {
        vec![
            node("trigger", 126, 0),
            node("router", 126, 100),
            node("a", 0, 250),
            node("b", 252, 250),
            node("end", 126, 420),
        ]
    }

    #[test]
    fn down_and_up_follow_the_line_and_sideways_crosses_branches() {
        let nodes = nodes();
        assert_eq!(neighbour(&nodes, "trigger", Way::Down), Some("router"));
        assert_eq!(neighbour(&nodes, "router", Way::Down), Some("a"));
        assert_eq!(neighbour(&nodes, "a", Way::Right), Some("b"));
        assert_eq!(neighbour(&nodes, "b", Way::Left), Some("a"));
        assert_eq!(neighbour(&nodes, "b", Way::Down), Some("end"));
        assert_eq!(neighbour(&nodes, "end", Way::Up), Some("a"));
    }

    #[test]
    fn at_the_edge_there_is_nowhere_to_go() {
        assert_eq!(neighbour(&nodes(), "trigger", Way::Up), None);
        assert_eq!(neighbour(&nodes(), "end", Way::Down), None);
        assert_eq!(neighbour(&nodes(), "end", Way::First), Some("trigger"));
    }
}
