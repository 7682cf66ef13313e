namespace ImageBackend.Simulation.Tests.Engine;

/// <summary>SplitMix64: the same numbers from the same seed, on every machine and with every version of .NET.</summary>
internal sealed class Prng(ulong seed)
{
    private ulong _state = seed;

    /// <returns>0 to <paramref name="count"/> - 1.</returns>
    public int Next(int count) => (int)(Draw() % (ulong)count);

    public bool Chance(int percent) => Next(100) < percent;

    public T Pick<T>(IReadOnlyList<T> all) => all[Next(all.Count)];

    public ulong Draw()
    {
        ulong mixed = _state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
