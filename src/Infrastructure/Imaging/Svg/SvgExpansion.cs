using System.Xml;

namespace ImageBackend.Infrastructure.Imaging.Svg;

/// <summary>Counts the elements that a drawing has once each <c>use</c> is filled in: ten that use ten that use ten … are a million.</summary>
internal sealed class SvgExpansion
{
    private const string XLink = "http://www.w3.org/1999/xlink";

    // Deeper chains than any drawing needs; a chain that closes to a ring ends here too.
    private const int MaxChain = 50;

    private readonly Dictionary<string, Node> _byId = new(StringComparer.Ordinal);
    private readonly Stack<(int Depth, Node Node)> _open = new();
    private readonly Node _root = new();

    /// <summary>Takes an element in, in the order of the document.</summary>
    /// <param name="reader">At the beginning of the element.</param>
    public void Enter(XmlReader reader)
    {
        while (_open.TryPeek(out (int Depth, Node Node) above) && above.Depth >= reader.Depth)
        {
            _open.Pop();
        }

        // All that is open has this element in it; the nearest with an id stands for them.
        Node around = _open.TryPeek(out (int Depth, Node Node) parent) ? parent.Node : _root;
        Node node = around;
        if (reader.GetAttribute("id") is { Length: > 0 } id)
        {
            node = new Node();
            around.Parts.Add(node);
            _byId.TryAdd(id, node);
            _open.Push((reader.Depth, node));
        }

        node.Elements++;
        string? target = reader.LocalName == "use" ? reader.GetAttribute("href") ?? reader.GetAttribute("href", XLink) : null;
        if (target is ['#', .. string used])
        {
            node.Uses.Add(used);
        }
    }

    /// <returns>At most <see cref="int.MaxValue"/>.</returns>
    public int Count() => (int)Math.Min(int.MaxValue, Count(_root, 0, []));

    private long Count(Node node, int chain, Dictionary<Node, long> known)
    {
        if (chain > MaxChain)
        {
            return int.MaxValue;
        }

        if (known.TryGetValue(node, out long before))
        {
            return before;
        }

        long count = node.Elements;
        foreach (Node part in node.Parts)
        {
            count = Math.Min(int.MaxValue, count + Count(part, chain, known));
        }

        foreach (string used in node.Uses)
        {
            count = Math.Min(int.MaxValue, count + (_byId.TryGetValue(used, out Node? target) ? Count(target, chain + 1, known) : 0));
        }

        return known[node] = count;
    }

    private sealed class Node
    {
        public int Elements { get; set; }

        public List<Node> Parts { get; } = [];

        public List<string> Uses { get; } = [];
    }
}
