using System.Collections;

namespace ImageBackend.Together.Tests.Covering;

/// <summary>A small set of rows with every pair (or triple …) of facts that can occur together.</summary>
/// <remarks>
/// All permitted rows are known, and so is what can occur together. The row with the most new sets is taken, repeatedly.
/// </remarks>
internal static class CoveringArray
{
    /// <param name="strength">2: pairs; 3: triples.</param>
    /// <param name="seed">Decides between rows of equal worth: the same seed gives the same result.</param>
    /// <param name="isPermitted">Gets a row: the index of each axis' value.</param>
    public static IReadOnlyList<int[]> Of(IReadOnlyList<Axis> axes, int strength, int seed, Func<int[], bool> isPermitted)
    {
        int[][] candidates = [.. Product([.. axes.Select(axis => axis.Values.Count)]).Where(isPermitted)];
        new Random(seed).Shuffle(candidates);
        Numbers numbers = new(axes, strength);
        BitArray covered = new(numbers.Count);

        // What a row would add only ever decreases. So its last known worth is a bound, and few rows have to be counted again.
        PriorityQueue<int[], int> byWorth = new(candidates.Select(row => (row, -int.MaxValue)));
        List<int[]> taken = [];
        while (byWorth.TryDequeue(out int[]? row, out _))
        {
            int[] all = numbers.Of(row);
            int worth = all.Count(number => !covered[number]);
            if (worth == 0)
            {
                continue;
            }

            if (byWorth.TryPeek(out _, out int next) && -next > worth)
            {
                byWorth.Enqueue(row, -worth);
                continue;
            }

            foreach (int number in all)
            {
                covered[number] = true;
            }

            taken.Add(row);
        }

        return taken;
    }

    /// <returns>Every possible row: the index of each axis' value.</returns>
    public static IEnumerable<int[]> Product(int[] counts)
    {
        int[] row = new int[counts.Length];
        while (true)
        {
            yield return [.. row];
            int axis = counts.Length - 1;
            while (axis >= 0 && ++row[axis] == counts[axis])
            {
                row[axis--] = 0;
            }

            if (axis < 0)
            {
                yield break;
            }
        }
    }

    /// <returns>The sets of facts in a row, of different factors each, that the array must cover.</returns>
    public static IEnumerable<IReadOnlyList<Fact>> Sets(IReadOnlyList<Axis> axes, int[] row, int strength) =>
        Subsets([.. row.SelectMany((value, axis) => axes[axis].Values[value])], strength, from: 0);

    private static IEnumerable<IReadOnlyList<T>> Subsets<T>(T[] all, int size, int from) => size == 0
        ? [[]]
        : Enumerable.Range(from, Math.Max(0, all.Length - from)).SelectMany(i => Subsets(all, size - 1, i + 1).Select(rest => (IReadOnlyList<T>)[all[i], .. rest]));

    /// <summary>A number for each set of facts.</summary>
    private sealed class Numbers
    {
        private readonly int[][][] _facts;
        private readonly int[][] _places;
        private readonly int _different;

        public Numbers(IReadOnlyList<Axis> axes, int strength)
        {
            Dictionary<Fact, int> known = [];
            _facts = [.. axes.Select(axis => axis.Values.Select(value => value.Select(NumberOf).ToArray()).ToArray())];
            _different = known.Count;
            int[] all = [.. Enumerable.Range(0, axes.Sum(axis => axis.Values[0].Count))];
            _places = [.. Subsets(all, strength, from: 0).Select(places => places.ToArray())];
            Count = (int)Math.Pow(_different, strength);

            int NumberOf(Fact fact) => known.TryGetValue(fact, out int number) ? number : known[fact] = known.Count;
        }

        public int Count { get; }

        public int[] Of(int[] row)
        {
            int[] facts = [.. row.SelectMany((value, axis) => _facts[axis][value])];
            int[] numbers = new int[_places.Length];
            for (int i = 0; i < numbers.Length; i++)
            {
                foreach (int place in _places[i])
                {
                    numbers[i] = (numbers[i] * _different) + facts[place];
                }
            }

            return numbers;
        }
    }
}
