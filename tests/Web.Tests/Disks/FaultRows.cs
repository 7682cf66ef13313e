namespace ImageBackend.Web.Tests.Disks;

/// <summary>Which rows of a table of faults are run: FAULT_ROWS=all for every one, instead of those that differ most.</summary>
internal static class FaultRows
{
    public static bool All { get; } = Environment.GetEnvironmentVariable("FAULT_ROWS") == "all";

    /// <param name="rows">Lies and codes; the last value says whether only FAULT_ROWS=all runs the row.</param>
    public static TheoryData<string, string> Of(params (string Lie, string Code, bool IsOfAll)[] rows)
    {
        TheoryData<string, string> chosen = [];
        foreach ((string lie, string code, bool isOfAll) in rows)
        {
            if (All || !isOfAll)
            {
                chosen.Add(lie, code);
            }
        }

        return chosen;
    }
}
