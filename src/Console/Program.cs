using ImageBackend.Cli;

return await ImagesCommand.Create().Parse(args).InvokeAsync();
