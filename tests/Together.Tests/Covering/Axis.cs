namespace ImageBackend.Together.Tests.Covering;

/// <summary>A choice that a row makes.</summary>
/// <param name="Values">The options: each sets one factor or, if choices were combined before, several.</param>
internal sealed record Axis(string Name, IReadOnlyList<IReadOnlyList<Fact>> Values)
{
    /// <returns>An axis of one factor, named after it.</returns>
    public static Axis Of(string name, params IEnumerable<object> values) =>
        new(name, [.. values.Select(value => new Fact[] { new(name, value.ToString()!) })]);

    /// <returns>An axis of several factors, whose values are rows found before.</returns>
    public static Axis OfRows(string name, IReadOnlyList<Axis> axes, IEnumerable<int[]> rows) =>
        new(name, [.. rows.Select(row => (IReadOnlyList<Fact>)[.. row.SelectMany((value, axis) => axes[axis].Values[value])])]);
}

/// <summary>One factor with one of its values.</summary>
internal readonly record struct Fact(string Factor, string Value);
