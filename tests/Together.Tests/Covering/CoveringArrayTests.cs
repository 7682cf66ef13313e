namespace ImageBackend.Together.Tests.Covering;

/// <summary>Everything that can occur together does, in few rows.</summary>
public sealed class CoveringArrayTests
{
    [Theory]
    [InlineData(2, new[] { 3, 3, 3, 3 }, 11)] // 9 at least
    [InlineData(2, new[] { 2, 2, 2, 2, 2, 2, 2, 2, 2, 2 }, 10)] // 6 at least
    [InlineData(2, new[] { 10, 12, 4, 2, 2 }, 124)] // 120 at least
    [InlineData(3, new[] { 2, 2, 2, 2, 2, 2, 2 }, 16)] // 12 at least
    [InlineData(3, new[] { 5, 4, 4, 3, 2 }, 100)] // 80 at least
    public void Few_rows_have_every_set_of_values(int strength, int[] counts, int most)
    {
        Axis[] axes = AxesOf(counts);

        IReadOnlyList<int[]> rows = CoveringArray.Of(axes, strength, seed: 1, _ => true);

        rows.Should().HaveCountLessThanOrEqualTo(most);
        SetsOf(axes, rows, strength).Should().BeEquivalentTo(SetsOf(axes, CoveringArray.Product(counts), strength));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void What_can_never_meet_costs_nothing_else_its_place(int strength)
    {
        Axis[] axes = AxesOf(4, 3, 5, 2);

        IReadOnlyList<int[]> rows = CoveringArray.Of(axes, strength, seed: 1, CanBe);

        rows.Where(row => !CanBe(row)).Should().BeEmpty();
        SetsOf(axes, rows, strength).Should().BeEquivalentTo(SetsOf(axes, CoveringArray.Product([4, 3, 5, 2]).Where(CanBe), strength));

        static bool CanBe(int[] row) => !(row[0] == 0 && row[2] != 1) && (row[1] != 2 || row[3] == 0);
    }

    [Fact]
    public void Rows_that_were_found_before_can_be_an_axis()
    {
        Axis[] inner = AxesOf(2, 2, 2, 3);
        Axis joined = Axis.OfRows("joined", inner, CoveringArray.Of(inner, 2, seed: 1, _ => true));
        Axis[] axes = [joined, Axis.Of("outer", "a", "b", "c")];

        IReadOnlyList<int[]> rows = CoveringArray.Of(axes, 2, seed: 1, _ => true);

        Axis[] apart = [.. inner, axes[1]];
        SetsOf(axes, rows, 2).Should().BeEquivalentTo(SetsOf(apart, CoveringArray.Product([2, 2, 2, 3, 3]), 2));
    }

    [Fact]
    public void A_seed_has_one_answer_and_others_have_others()
    {
        Axis[] axes = AxesOf(4, 3, 5, 2);

        Text(1).Should().Be(Text(1)).And.NotBe(Text(2));

        string Text(int seed) => string.Join(' ', CoveringArray.Of(axes, 2, seed, _ => true).Select(row => string.Join(',', row)));
    }

    private static Axis[] AxesOf(params int[] counts) => [.. counts.Select((count, i) => Axis.Of($"axis {i}", Enumerable.Range(0, count).Cast<object>()))];

    private static HashSet<string> SetsOf(Axis[] axes, IEnumerable<int[]> rows, int strength) =>
        [.. rows.SelectMany(row => CoveringArray.Sets(axes, row, strength)).Select(set => string.Join(" & ", set.OrderBy(fact => fact.Factor, StringComparer.Ordinal)))];
}
