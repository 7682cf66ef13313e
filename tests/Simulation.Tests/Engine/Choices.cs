namespace ImageBackend.Simulation.Tests.Engine;

/// <summary>Says which of several waiting steps goes next, and remembers what it said. 0 is the one that began to wait last, which
/// mostly is the request that has just gone on; so a run without any other number has no switch that nobody asked for.</summary>
internal sealed class Choices
{
    private readonly IReadOnlyList<int> _given;
    private readonly Prng? _random;
    private readonly int _stickiness;
    private readonly List<int> _made = [];

    private Choices(IReadOnlyList<int> given, Prng? random, int stickiness) => (_given, _random, _stickiness) = (given, random, stickiness);

    public IReadOnlyList<int> Made => _made;

    /// <param name="stickiness">How often the same request goes on, in percent.</param>
    public static Choices Random(ulong seed, int stickiness) => new([], new Prng(seed), stickiness);

    /// <summary>The given ones, then always 0.</summary>
    public static Choices Replay(IReadOnlyList<int> given) => new(given, random: null, stickiness: 100);

    public int Next(int count)
    {
        if (count == 1)
        {
            return 0;
        }

        int choice = _random is null ? (_made.Count < _given.Count ? _given[_made.Count] % count : 0)
            : _random.Chance(_stickiness) ? 0
            : _random.Next(count);
        _made.Add(choice);
        return choice;
    }
}
