namespace ImageBackend.Together.Tests.Covering;

/// <summary>A choice that a row makes.</summary>
/// <param name="Values">What it chooses from: each says something of one factor, or, where choices were combined before, of several.</param>
internal sealed record Axis(string Name, IReadOnlyList<IReadOnlyList<Fact>> Values)
{
    /// <returns>An axis of one factor, that has its name.</returns>
    public static Axis Of(string name, params IEnumerable<object> values) =>
        new(name, [.. values.Select(value => new Fact[] { new(name, value.ToString()!) })]);

    /// <returns>An axis of several factors, whose values are rows that were found before.</returns>
    public static Axis OfRows(string name, IReadOnlyList<Axis> axes, IEnumerable<int[]> rows) =>
        new(name, [.. rows.Select(row => (IReadOnlyList<Fact>)[.. row.SelectMany((value, axis) => axes[axis].Values[value])])]);
}

/// <summary>One factor with one of its values.</summary>
internal readonly record struct Fact(string Factor, string Value);
