//! What a stranger's Markdown becomes.

use std::fmt::Write;

use patchbay_client::markdown::{Limits, render, render_within};

/// Each input and, under it, what comes out.
fn each(inputs: &[&str]) -> String {
    inputs.iter().fold(String::new(), |mut all, input| {
        write!(all, "{input}\n=> {}\n\n", render(input).trim_end()).unwrap();
        all
    })
}

#[test]
fn what_a_readme_is_made_of() {
    let html = render(
        "# Title\n\nSome *text* with `code`, ~~old~~ and a [link](https://example.com \"Home\").\n\n- [x] done\n- [ ] open\n\n\
         | a | b |\n|:--|--:|\n| 1 | 2 |\n\n```rust\nlet a = 1 < 2;\n```\n\n3. three\n4. four\n\nNote[^n].\n\n[^n]: The note.\n",
    );
    insta::assert_snapshot!(html);
}

#[test]
fn an_image_is_its_words() {
    insta::assert_snapshot!(each(&[
        "![A *red* `box`\nhere](https://tracker.example/pixel.png \"t\")",
        "[![build](https://ci.example/badge.svg)](https://ci.example)",
        "![<b onclick=x>](x.png)",
        r#"<img src="https://tracker.example/p.png" alt="logo" onerror="alert(1)">after"#,
    ]));
}

#[test]
fn a_link_goes_to_the_web_or_nowhere() {
    insta::assert_snapshot!(each(&[
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt&colon;alert(1))",
        "[a](java&#10;script:alert(1))",
        "<a href=\"&#x6A;avascript:alert(1)\">a</a>",
        "<a href=\" \tjavascript:alert(1)\">a</a>",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "[a](vbscript:x) [b](file:///etc/passwd) [c](tauri://localhost) [d](asset://x)",
        "[a](../other.md) [b](//evil.example) [c](#top)",
        "<mailto:a@example.com> <https://example.com/?a=1&b=2>",
        r#"<a href="https://example.com" target="_top" ping="https://evil.example" download rel="opener">a</a>"#,
    ]));
}

#[test]
fn raw_html_passes_the_same_list() {
    insta::assert_snapshot!(each(&[
        "<script>alert(1)</script>x",
        "<style>*{display:none}</style>x",
        "<svg onload=alert(1)><a xlink:href=\"javascript:alert(1)\"><text>t</text></a></svg>x",
        "<math><mi//xlink:href=\"data:x,<script>alert(1)</script>\">x",
        "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>x",
        "<p style=\"position:fixed;inset:0\" class=\"dialog\" id=\"root\" onclick=\"x()\">p</p>",
        "<form action=\"https://evil.example\"><input name=password><button>Sign in</button></form>",
        "<details open ontoggle=alert(1)><summary>more</summary>inside</details>",
        "<base href=\"https://evil.example\"><meta http-equiv=refresh content=0><link rel=stylesheet href=x>x",
        "<video src=x><audio src=x><object data=x><embed src=x>x",
        "<div data-x=1 aria-label=y role=button tabindex=0 contenteditable>d</div>",
        "<!-- comment --><![CDATA[<script>x</script>]]>x",
    ]));
}

#[test]
fn mutations_of_the_parser_lead_nowhere() {
    // Each of these has once come out of some sanitiser as a script (mXSS).
    insta::assert_snapshot!(each(&[
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
        "<form><math><mtext></form><form><mglyph><svg><mtext><textarea><path id=\"</textarea><img onerror=alert(1) src=1>\">",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "<<img src=x onerror=alert(1)>",
        "<a href=\"https://e.example/\" title='\"><script>alert(1)</script>'>a</a>",
        "`<script>` &lt;script&gt; \\<script>",
    ]));
}

#[test]
fn a_class_is_ours_or_none() {
    insta::assert_snapshot!(each(&[
        "```rust onclick=x\"><script>\n1\n```",
        "```a\"b\n1\n```",
        "<code class=\"language-x toast\">a</code><span class=\"image-alt danger\">b</span>",
    ]));
}

#[test]
fn what_is_left_cannot_do_anything() {
    let pieces = [
        "<script>",
        "</script>",
        "<img src=x onerror=alert(1)>",
        "<svg>",
        "</svg>",
        "<math>",
        "<style>",
        "</style>",
        "`",
        "```\n",
        "[a](javascript:x)",
        "<a href='javascript:x'>",
        "\"",
        "'",
        ">",
        "<",
        "&lt;",
        "<!--",
        "-->",
        "<table><td>",
        "</p>",
        "<noscript>",
        "<title>",
        "</title>",
        "\n\n",
        "    ",
        "<iframe srcdoc='",
        "<b id=x class=y style=z onclick=w>",
        "![",
        "](data:x)",
        "| a |\n|---|\n",
        "<xmp>",
        "<plaintext>",
        "<template>",
    ];
    // Every pair and a walk over triples: small enough to run each time, and it fails when the list of allowed things is widened.
    for (i, a) in pieces.iter().enumerate() {
        for (j, b) in pieces.iter().enumerate() {
            let c = pieces[(i * 7 + j * 3) % pieces.len()];
            let html = render(&format!("{a}{b}{c}{a}"));
            harmless(&html, &format!("{a}{b}{c}{a}"));
        }
    }
}

#[test]
fn no_tag_takes_more_than_its_own_attributes() {
    let tags =
        "a b blockquote br code del details div em h1 h6 hr i ins kbd li mark ol p pre q s samp span strong sub sup table td th tr ul var";
    for tag in tags.split(' ') {
        let input = format!(
            "<{tag} id=x name=x style=y class=w onclick=z data-a=b role=c href=javascript:x src=x align=q start=q lang=q>t</{tag}>"
        );
        harmless(&render(&input), &input);
        let kept: Vec<_> = ["class=", "align=", "start=", "href="].into_iter().filter(|name| render(&input).contains(name)).collect();
        assert!(kept.is_empty(), "{kept:?} from {input}");
    }
}

/// Reads the tags back, in the strict form in which they are written, and compares them with the list.
fn harmless(html: &str, input: &str) {
    for tag in html.split('<').skip(1) {
        let tag = tag.split_once('>').unwrap_or_else(|| panic!("an open tag from {input:?}: {html}")).0.trim_start_matches('/');
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let bad = [
            "script", "style", "svg", "math", "img", "iframe", "form", "input", "object", "embed", "link", "meta", "base", "template",
            "noscript",
        ];
        assert!(!bad.contains(&name), "{name} from {input:?}: {html}");
        for attribute in attributes.split("\" ").filter(|a| !a.is_empty()) {
            let name = attribute.split('=').next().unwrap();
            assert!(matches!(name, "href" | "rel" | "title" | "class" | "align" | "start"), "{name} from {input:?}: {html}");
            let value = attribute.split_once("=\"").unwrap().1;
            assert!(name != "href" || value.starts_with("http") || value.starts_with("mailto:"), "{value} from {input:?}: {html}");
        }
    }
}

#[test]
fn a_large_or_deep_text_stays_small_and_shallow() {
    // Smaller than the default in proportion: what grows faster than its input shows here as well, in less time.
    let limits = Limits { bytes: 64 * 1024, raw_tags: 100, ..Limits::default() };
    let attributes: String = (0..limits.raw_tags).map(|n| format!("<b a={n}>")).collect();
    let bombs = [
        ">".repeat(limits.bytes),
        "<div>".repeat(limits.bytes / 5),
        format!("{}{}", "<b>".repeat(90), "\n\nx".repeat(15_000)),
        format!("{attributes}{}", "</p><p>x".repeat(7_000)),
        "<b>\n\nx\n\n".repeat(7_000),
        "<a href=https://e.example>".repeat(2_500),
        "* ".repeat(limits.bytes / 2),
        "[".repeat(limits.bytes),
        "![".repeat(limits.bytes / 2),
        "*a **b ".repeat(limits.bytes / 8),
        "<table><tr><td>".repeat(4_000),
        format!("{}\n{}", "|a".repeat(10_000), "|-".repeat(10_000)),
    ];
    for bomb in &bombs {
        let html = render_within(bomb, limits);
        assert!(html.len() < 5 * limits.bytes, "{} bytes from {:?}…", html.len(), &bomb[..20]);
        let mut depth = 0_usize;
        let mut deepest = 0;
        for tag in html.split('<').skip(1).filter(|tag| !tag.starts_with("br") && !tag.starts_with("hr")) {
            depth = if tag.starts_with('/') { depth.saturating_sub(1) } else { depth + 1 };
            deepest = deepest.max(depth);
        }
        assert!(deepest <= limits.depth + limits.raw_tags, "{deepest} levels from {:?}…", &bomb[..20]);
    }
}

#[test]
fn what_is_cut_off_says_so() {
    let limits = Limits { bytes: 12, ..Limits::default() };
    assert_eq!(render_within("first\nsecond line\n", limits), "<p>first</p>\n<p>…</p>\n");
    assert_eq!(render_within("éééééééééé", Limits { bytes: 5, ..limits }), "<p>éé</p>\n<p>…</p>\n");
    let limits = Limits { raw_tags: 2, ..Limits::default() };
    assert_eq!(render_within("<i>a</i> <i>b</i>", limits), "<p><i>a</i> &lt;i&gt;b&lt;/i&gt;</p>\n");
    let limits = Limits { depth: 2, ..Limits::default() };
    assert_eq!(render_within("> > > a", limits), "<blockquote>\n<blockquote>\na</blockquote>\n</blockquote>\n");
}
