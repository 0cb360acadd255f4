// What an activation takes when there is nothing to load, in the same window and at the same moment.

exports.activate = () => {};
