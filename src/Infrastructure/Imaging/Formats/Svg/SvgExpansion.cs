namespace ImageBackend.Infrastructure.Imaging.Formats.Svg;

/// <summary>
/// Counts the elements that a drawing has once each reference is expanded: ten that use ten that use ten … make a million.
/// </summary>
internal sealed class SvgExpansion
{
    // Deeper chains than any drawing needs; circular chains end here too.
    private const int MaxChain = 50;

    private readonly Dictionary<string, Node> _byId = new(StringComparer.Ordinal);
    private readonly Stack<(int Depth, Node Node)> _open = new();
    private readonly Node _root = new();

    /// <summary>Registers an element as it is written, in document order.</summary>
    /// <param name="depth">Number of elements around it.</param>
    /// <param name="used">The name that a <c>use</c> shows; null: it is not a <c>use</c>.</param>
    /// <param name="painted">The names of what it is painted with: gradients, patterns, masks, markers.</param>
    public void Enter(int depth, string? id, string? used, IEnumerable<string> painted)
    {
        while (_open.TryPeek(out (int Depth, Node Node) above) && above.Depth >= depth)
        {
            _open.Pop();
        }

        // All open elements contain this one; the nearest with an id represents them.
        Node around = _open.TryPeek(out (int Depth, Node Node) parent) ? parent.Node : _root;
        Node node = around;
        if (!string.IsNullOrEmpty(id))
        {
            node = new Node();
            around.Parts.Add(node);
            _byId.TryAdd(id, node);
            _open.Push((depth, node));
        }

        node.Elements++;
        if (used is not null)
        {
            node.Uses.Add(used);
        }

        node.Paints.AddRange(painted);
    }

    /// <returns>
    /// Elements with each <c>use</c> expanded, and with everything that paints too; each at most <see cref="int.MaxValue"/>.
    /// </returns>
    public (int Used, int Painted) Count() => (Count(_root, false, 0, []), Count(_root, true, 0, []));

    private int Count(Node node, bool withPaint, int chain, Dictionary<Node, int> known)
    {
        if (chain > MaxChain)
        {
            return int.MaxValue;
        }

        if (known.TryGetValue(node, out int before))
        {
            return before;
        }

        long count = node.Elements;
        foreach (Node part in node.Parts)
        {
            count += Count(part, withPaint, chain, known);
        }

        foreach (string name in withPaint ? node.Uses.Concat(node.Paints) : node.Uses)
        {
            count += _byId.TryGetValue(name, out Node? target) ? Count(target, withPaint, chain + 1, known) : 0;
        }

        return known[node] = (int)Math.Min(int.MaxValue, count);
    }

    private sealed class Node
    {
        public int Elements { get; set; }

        public List<Node> Parts { get; } = [];

        public List<string> Uses { get; } = [];

        public List<string> Paints { get; } = [];
    }
}
